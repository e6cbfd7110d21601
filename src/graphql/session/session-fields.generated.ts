// Made by `npm run generate` from schema/fields.json; do not edit.
import { Field, ObjectType } from "type-graphql";
import { AddressScalar, DateTimeScalar, LongScalar } from "../scalar/scalars.js";

@ObjectType("SessionCert", { simpleResolvers: true, description: "One of the objects of `cert`." })
export class SessionCert {
  @Field(() => [String], { nullable: true, description: "Alt Name of the CERT traffic. Searched as `cert.alt`." })
  alt!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of cert.alt. Searched as `cert.alt.cnt`." })
  altCnt!: number | null;

  @Field(() => String, { nullable: true, description: "Curve of the CERT traffic. Searched as `cert.curve`." })
  curve!: string | null;

  @Field(() => String, { nullable: true, description: "Hash of the CERT traffic. Searched as `cert.hash`." })
  hash!: string | null;

  @Field(() => String, { nullable: true, description: "Issuer CN of the CERT traffic. Searched as `cert.issuer.cn`." })
  issuerCN!: string | null;

  @Field(() => String, { nullable: true, description: "Issuer ON of the CERT traffic. Searched as `cert.issuer.on`." })
  issuerON!: string | null;

  @Field(() => String, { nullable: true, description: "Issuer Org Unit of the CERT traffic. Searched as `cert.issuer.ou`." })
  issuerOU!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Not After of the CERT traffic. Searched as `cert.notafter`." })
  notAfter!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Not Before of the CERT traffic. Searched as `cert.notbefore`." })
  notBefore!: number | null;

  @Field(() => String, { nullable: true, description: "Public Algorithm of the CERT traffic. Searched as `cert.publicAlgorithm`." })
  publicAlgorithm!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Days remaining of the CERT traffic. Searched as `cert.remainingDays`." })
  remainingDays!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Seconds remaining of the CERT traffic. Searched as `cert.remainingSeconds`." })
  remainingSeconds!: number | null;

  @Field(() => String, { nullable: true, description: "Serial Number of the CERT traffic. Searched as `cert.serial`." })
  serial!: string | null;

  @Field(() => String, { nullable: true, description: "Subject CN of the CERT traffic. Searched as `cert.subject.cn`." })
  subjectCN!: string | null;

  @Field(() => String, { nullable: true, description: "Subject ON of the CERT traffic. Searched as `cert.subject.on`." })
  subjectON!: string | null;

  @Field(() => String, { nullable: true, description: "Subject Org Unit of the CERT traffic. Searched as `cert.subject.ou`." })
  subjectOU!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Days Valid For of the CERT traffic. Searched as `cert.validfor`." })
  validDays!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Seconds Valid For of the CERT traffic. Searched as `cert.validforSeconds`." })
  validSeconds!: number | null;
}

@ObjectType("SessionClient", { simpleResolvers: true, description: "Fields of a session under `client`." })
export class SessionClient {
  @Field(() => LongScalar, { nullable: true, description: "Payload bytes sent by the source. Searched as `databytes.src`." })
  bytes!: number | null;
}

@ObjectType("SessionDestination", { simpleResolvers: true, description: "Fields of a session under `destination`." })
export class SessionDestination {
  @Field(() => LongScalar, { nullable: true, description: "Captured bytes sent by the destination. Searched as `bytes.dst`." })
  bytes!: number | null;

  @Field(() => AddressScalar, { nullable: true, description: "Address of the receiver of the first packet. Searched as `ip.dst`." })
  ip!: string | null;

  @Field(() => [String], { nullable: true, description: "Ethernet addresses of the destination. Searched as `mac.dst`." })
  mac!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of mac.dst. Searched as `mac.dst.cnt`." })
  mac_cnt!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets sent by the destination. Searched as `packets.dst`." })
  packets!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Port of the destination. Searched as `port.dst`." })
  port!: number | null;
}

@ObjectType("SessionDnsAnswers", { simpleResolvers: true, description: "One of the objects of `dns.answers`." })
export class SessionDnsAnswers {
  @Field(() => String, { nullable: true, description: "DNS Answer CAA of the DNS traffic. Searched as `dns.answer.caa`." })
  caa!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Answer Class of the DNS traffic. Searched as `dns.answer.class`." })
  class!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Answer CNAME of the DNS traffic. Searched as `dns.answer.cname`." })
  cname!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Answer DS of the DNS traffic. Searched as `dns.answer.ds`." })
  ds!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Answer HTTPS of the DNS traffic. Searched as `dns.answer.https`." })
  https!: string | null;

  @Field(() => AddressScalar, { nullable: true, description: "DNS Answer IP of the DNS traffic. Searched as `dns.answer.ip`." })
  ip!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Answer MX of the DNS traffic. Searched as `dns.answer.mx`." })
  mx!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Name of the DNS traffic. Searched as `dns.answer.name`." })
  name!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Answer NS of the DNS traffic. Searched as `dns.answer.ns`." })
  nameserver!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Answer NSEC of the DNS traffic. Searched as `dns.answer.nsec`." })
  nsec!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "DNS Answer Priority of the DNS traffic. Searched as `dns.answer.priority`." })
  priority!: number | null;

  @Field(() => String, { nullable: true, description: "DNS Answer RRSIG of the DNS traffic. Searched as `dns.answer.rrsig`." })
  rrsig!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "DNS Answer TTL of the DNS traffic. Searched as `dns.answer.ttl`." })
  ttl!: number | null;

  @Field(() => String, { nullable: true, description: "DNS Answer TXT of the DNS traffic. Searched as `dns.answer.txt`." })
  txt!: string | null;

  @Field(() => String, { nullable: true, description: "DNS Answer Type of the DNS traffic. Searched as `dns.answer.type`." })
  type!: string | null;
}

@ObjectType("SessionDns", { simpleResolvers: true, description: "One of the objects of `dns`." })
export class SessionDns {
  @Field(() => [SessionDnsAnswers], { nullable: true, description: "Resource records of the answer." })
  answers!: readonly SessionDnsAnswers[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.answer. Searched as `dns.answer.cnt`." })
  answersCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS Header Flags of the DNS traffic. Searched as `dns.header_flags`." })
  headerFlags!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.header_flags. Searched as `dns.header_flags.cnt`." })
  headerFlagsCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS Host of the DNS traffic. Searched as `host.dns`." })
  host!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of host.dns. Searched as `host.dns.cnt`." })
  hostCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "DNS IP of the DNS traffic. Searched as `ip.dns`." })
  ip!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ip.dns. Searched as `ip.dns.cnt`." })
  ipCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS MX Host of the DNS traffic. Searched as `host.dns.mailserver`." })
  mailserverHost!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of host.dns.mailserver. Searched as `host.dns.mailserver.cnt`." })
  mailserverHostCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "DNS MX IP of the DNS traffic. Searched as `ip.dns.mailserver`." })
  mailserverIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ip.dns.mailserver. Searched as `ip.dns.mailserver.cnt`." })
  mailserverIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS NS Host of the DNS traffic. Searched as `host.dns.nameserver`." })
  nameserverHost!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of host.dns.nameserver. Searched as `host.dns.nameserver.cnt`." })
  nameserverHostCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "DNS NS IP of the DNS traffic. Searched as `ip.dns.nameserver`." })
  nameserverIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ip.dns.nameserver. Searched as `ip.dns.nameserver.cnt`." })
  nameserverIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS Op Code of the DNS traffic. Searched as `dns.opcode`." })
  opcode!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.opcode. Searched as `dns.opcode.cnt`." })
  opcodeCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS Puny of the DNS traffic. Searched as `dns.puny`." })
  puny!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.puny. Searched as `dns.puny.cnt`." })
  punyCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS Query Class of the DNS traffic. Searched as `dns.query.class`." })
  qc!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.query.class. Searched as `dns.query.class.cnt`." })
  qcCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS Query Type of the DNS traffic. Searched as `dns.query.type`." })
  qt!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.query.type. Searched as `dns.query.type.cnt`." })
  qtCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS Query Host of the DNS traffic. Searched as `dns.query.host`." })
  queryHost!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.query.host. Searched as `dns.query.host.cnt`." })
  queryHostCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "DNS Status Code of the DNS traffic. Searched as `dns.status`." })
  status!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.status. Searched as `dns.status.cnt`." })
  statusCnt!: number | null;
}

@ObjectType("SessionDot1ad", { simpleResolvers: true, description: "Fields of a session under `dot1ad`." })
export class SessionDot1ad {
  @Field(() => [LongScalar], { nullable: true, description: "VLAN ids of 802.1ad tags. Searched as `vlan.dot1ad`." })
  id!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of vlan.dot1ad. Searched as `vlan.dot1ad.cnt`." })
  idCnt!: number | null;
}

@ObjectType("SessionDot1q", { simpleResolvers: true, description: "Fields of a session under `dot1q`." })
export class SessionDot1q {
  @Field(() => [LongScalar], { nullable: true, description: "VLAN ids of 802.1Q tags. Searched as `vlan.dot1q`." })
  id!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of vlan.dot1q. Searched as `vlan.dot1q.cnt`." })
  idCnt!: number | null;
}

@ObjectType("SessionHttp", { simpleResolvers: true, description: "Fields of a session under `http`." })
export class SessionHttp {
  @Field(() => [String], { nullable: true, description: "HTTP Auth Type of the HTTP traffic. Searched as `http.authtype`." })
  authType!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.authtype. Searched as `http.authtype.cnt`." })
  authTypeCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Body Magic of the HTTP traffic. Searched as `http.bodymagic`." })
  bodyMagic!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.bodymagic. Searched as `http.bodymagic.cnt`." })
  bodyMagicCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Src Version of the HTTP traffic. Searched as `http.version.src`." })
  clientVersion!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.version.src. Searched as `http.version.src.cnt`." })
  clientVersionCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Cookie Keys of the HTTP traffic. Searched as `http.cookie.key`." })
  cookieKey!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.cookie.key. Searched as `http.cookie.key.cnt`." })
  cookieKeyCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Cookie Values of the HTTP traffic. Searched as `http.cookie.value`." })
  cookieValue!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.cookie.value. Searched as `http.cookie.value.cnt`." })
  cookieValueCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Host of the HTTP traffic. Searched as `host.http`." })
  host!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of host.http. Searched as `host.http.cnt`." })
  hostCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP QS Keys of the HTTP traffic. Searched as `http.uri.key`." })
  key!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.uri.key. Searched as `http.uri.key.cnt`." })
  keyCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Body MD5 of the HTTP traffic. Searched as `http.md5`." })
  md5!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.md5. Searched as `http.md5.cnt`." })
  md5Cnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Request Method of the HTTP traffic. Searched as `http.method`." })
  method!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Method CONNECT Count of the HTTP traffic. Searched as `http.method.CONNECT`." })
  method_CONNECT!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Method DELETE Count of the HTTP traffic. Searched as `http.method.DELETE`." })
  method_DELETE!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Method GET Count of the HTTP traffic. Searched as `http.method.GET`." })
  method_GET!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Method HEAD Count of the HTTP traffic. Searched as `http.method.HEAD`." })
  method_HEAD!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Method OPTIONS Count of the HTTP traffic. Searched as `http.method.OPTIONS`." })
  method_OPTIONS!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Method POST Count of the HTTP traffic. Searched as `http.method.POST`." })
  method_POST!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Method PUT Count of the HTTP traffic. Searched as `http.method.PUT`." })
  method_PUT!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.method. Searched as `http.method.cnt`." })
  methodCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP URI Path of the HTTP traffic. Searched as `http.uri.path`." })
  path!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.uri.path. Searched as `http.uri.path.cnt`." })
  pathCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Request Body of the HTTP traffic. Searched as `http.reqbody`." })
  requestBody!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "HTTP Src Header of the HTTP traffic. Searched as `http.hasheader.src`." })
  requestHeader!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.hasheader.src. Searched as `http.hasheader.src.cnt`." })
  requestHeaderCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Request Header Fields of the HTTP traffic." })
  requestHeaderField!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Request Header Values of the HTTP traffic. Searched as `http.hasheader.src.value`." })
  requestHeaderValue!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.hasheader.src.value. Searched as `http.hasheader.src.value.cnt`." })
  requestHeaderValueCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Dst Header of the HTTP traffic. Searched as `http.hasheader.dst`." })
  responseHeader!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.hasheader.dst. Searched as `http.hasheader.dst.cnt`." })
  responseHeaderCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Response Header fields of the HTTP traffic." })
  responseHeaderField!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Response Header Values of the HTTP traffic. Searched as `http.hasheader.dst.value`." })
  responseHeaderValue!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.hasheader.dst.value. Searched as `http.hasheader.dst.value.cnt`." })
  responseHeaderValueCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Dst Version of the HTTP traffic. Searched as `http.version.dst`." })
  serverVersion!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.version.dst. Searched as `http.version.dst.cnt`." })
  serverVersionCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Body SHA256 of the HTTP traffic. Searched as `http.sha256`." })
  sha256!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.sha256. Searched as `http.sha256.cnt`." })
  sha256Cnt!: number | null;

  @Field(() => [LongScalar], { nullable: true, description: "HTTP Status Code of the HTTP traffic. Searched as `http.statuscode`." })
  statuscode!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.statuscode. Searched as `http.statuscode.cnt`." })
  statuscodeCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP URI of the HTTP traffic. Searched as `http.uri`." })
  uri!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.uri. Searched as `http.uri.cnt`." })
  uriCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP User of the HTTP traffic. Searched as `http.user`." })
  user!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.user. Searched as `http.user.cnt`." })
  userCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP Useragent of the HTTP traffic. Searched as `http.user-agent`." })
  useragent!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.user-agent. Searched as `http.user-agent.cnt`." })
  useragentCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "HTTP QS Values of the HTTP traffic. Searched as `http.uri.value`." })
  value!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.uri.value. Searched as `http.uri.value.cnt`." })
  valueCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "HTTP XFF IP of the HTTP traffic. Searched as `ip.xff`." })
  xffIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ip.xff. Searched as `ip.xff.cnt`." })
  xffIpCnt!: number | null;
}

@ObjectType("SessionIcmp", { simpleResolvers: true, description: "Fields of a session under `icmp`." })
export class SessionIcmp {
  @Field(() => [LongScalar], { nullable: true, description: "ICMP message codes. Searched as `icmp.code`." })
  code!: readonly number[] | null;

  @Field(() => [LongScalar], { nullable: true, description: "ICMP message types. Searched as `icmp.type`." })
  type!: readonly number[] | null;
}

@ObjectType("SessionNetworkVlan", { simpleResolvers: true, description: "Fields of a session under `vlan`." })
export class SessionNetworkVlan {
  @Field(() => [LongScalar], { nullable: true, description: "VLAN ids. Searched as `vlan`." })
  id!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of vlan. Searched as `vlan.cnt`." })
  id_cnt!: number | null;
}

@ObjectType("SessionNetwork", { simpleResolvers: true, description: "Fields of a session under `network`." })
export class SessionNetwork {
  @Field(() => LongScalar, { nullable: true, description: "Captured bytes of both directions with link headers. Searched as `bytes`." })
  bytes!: number | null;

  @Field(() => String, { nullable: true, description: "Community ID v1, seed 0. Searched as `communityId`." })
  community_id!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets of both directions. Searched as `packets`." })
  packets!: number | null;

  @Field(() => SessionNetworkVlan, { nullable: true, description: "Fields under `vlan`; null when the session has none of those asked for." })
  vlan!: SessionNetworkVlan | null;
}

@ObjectType("SessionServer", { simpleResolvers: true, description: "Fields of a session under `server`." })
export class SessionServer {
  @Field(() => LongScalar, { nullable: true, description: "Payload bytes sent by the destination. Searched as `databytes.dst`." })
  bytes!: number | null;
}

@ObjectType("SessionSource", { simpleResolvers: true, description: "Fields of a session under `source`." })
export class SessionSource {
  @Field(() => LongScalar, { nullable: true, description: "Captured bytes sent by the source. Searched as `bytes.src`." })
  bytes!: number | null;

  @Field(() => AddressScalar, { nullable: true, description: "Address of the sender of the first packet. Searched as `ip.src`." })
  ip!: string | null;

  @Field(() => [String], { nullable: true, description: "Ethernet addresses of the source. Searched as `mac.src`." })
  mac!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of mac.src. Searched as `mac.src.cnt`." })
  mac_cnt!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets sent by the source. Searched as `packets.src`." })
  packets!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Port of the source. Searched as `port.src`." })
  port!: number | null;
}

@ObjectType("SessionTcpflags", { simpleResolvers: true, description: "Fields of a session under `tcpflags`." })
export class SessionTcpflags {
  @Field(() => LongScalar, { nullable: true, description: "Packets with ACK and no PSH, SYN, FIN or RST. Searched as `tcpflags.ack`." })
  ack!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with AE (accurate ECN). Searched as `tcpflags.ae`." })
  ae!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with CWR. Searched as `tcpflags.cwr`." })
  cwr!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets of the destination that announce a zero window. Searched as `tcpflags.dstZero`." })
  dstZero!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with ECE. Searched as `tcpflags.ece`." })
  ece!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with FIN. Searched as `tcpflags.fin`." })
  fin!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with PSH. Searched as `tcpflags.psh`." })
  psh!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with RST. Searched as `tcpflags.rst`." })
  rst!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets of the source that announce a zero window. Searched as `tcpflags.srcZero`." })
  srcZero!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with SYN and no ACK. Searched as `tcpflags.syn`." })
  syn!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with SYN and ACK. Searched as `tcpflags.syn-ack`." })
  syn_ack!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets with URG. Searched as `tcpflags.urg`." })
  urg!: number | null;
}

@ObjectType("SessionTcpseq", { simpleResolvers: true, description: "Fields of a session under `tcpseq`." })
export class SessionTcpseq {
  @Field(() => LongScalar, { nullable: true, description: "Initial sequence number of the destination. Searched as `tcpseq.dst`." })
  dst!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Initial sequence number of the source. Searched as `tcpseq.src`." })
  src!: number | null;
}

@ObjectType("SessionTls", { simpleResolvers: true, description: "Fields of a session under `tls`." })
export class SessionTls {
  @Field(() => [String], { nullable: true, description: "Cipher of the TLS traffic. Searched as `tls.cipher`." })
  cipher!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.cipher. Searched as `tls.cipher.cnt`." })
  cipherCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Dst Session Id of the TLS traffic. Searched as `tls.sessionid.dst`." })
  dstSessionId!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "JA3 of the TLS traffic. Searched as `tls.ja3`." })
  ja3!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja3. Searched as `tls.ja3.cnt`." })
  ja3Cnt!: number | null;

  @Field(() => [String], { nullable: true, description: "JA3S of the TLS traffic. Searched as `tls.ja3s`." })
  ja3s!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja3s. Searched as `tls.ja3s.cnt`." })
  ja3sCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "JA3SSTR of the TLS traffic. Searched as `tls.ja3sstring`." })
  ja3sstring!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja3sstring. Searched as `tls.ja3sstring.cnt`." })
  ja3sstringCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "JA3STR of the TLS traffic. Searched as `tls.ja3string`." })
  ja3string!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja3string. Searched as `tls.ja3string.cnt`." })
  ja3stringCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "JA4 of the TLS traffic. Searched as `tls.ja4`." })
  ja4!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja4. Searched as `tls.ja4.cnt`." })
  ja4Cnt!: number | null;

  @Field(() => [String], { nullable: true, description: "JA4_r of the TLS traffic. Searched as `tls.ja4_r`." })
  ja4_r!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja4_r. Searched as `tls.ja4_r.cnt`." })
  ja4_rCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Src Session Id of the TLS traffic. Searched as `tls.sessionid.src`." })
  srcSessionId!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Version of the TLS traffic. Searched as `tls.version`." })
  version!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.version. Searched as `tls.version.cnt`." })
  versionCnt!: number | null;
}

/** Members of a session that come from the field catalogue. */
@ObjectType("SessionFields", { simpleResolvers: true })
export abstract class SessionFields {
  @Field(() => [SessionCert], { nullable: true, description: "One object per certificate." })
  cert!: readonly SessionCert[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of cert. Searched as `cert.cnt`." })
  certCnt!: number | null;

  @Field(() => SessionClient, { nullable: true, description: "Fields under `client`; null when the session has none of those asked for." })
  client!: SessionClient | null;

  @Field(() => SessionDestination, { nullable: true, description: "Fields under `destination`; null when the session has none of those asked for." })
  destination!: SessionDestination | null;

  @Field(() => [SessionDns], { nullable: true, description: "One object per DNS query with its answers." })
  dns!: readonly SessionDns[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns. Searched as `dns.cnt`." })
  dnsCnt!: number | null;

  @Field(() => SessionDot1ad, { nullable: true, description: "Fields under `dot1ad`; null when the session has none of those asked for." })
  dot1ad!: SessionDot1ad | null;

  @Field(() => SessionDot1q, { nullable: true, description: "Fields under `dot1q`; null when the session has none of those asked for." })
  dot1q!: SessionDot1q | null;

  @Field(() => [LongScalar], { nullable: true, description: "Non-zero DSCP values of the destination's first packets. Searched as `dscp.dst`." })
  dstDscp!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dscp.dst. Searched as `dscp.dst.cnt`." })
  dstDscpCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "Addresses around a tunnel, of the destination. Searched as `outerip.dst`." })
  dstOuterIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outerip.dst. Searched as `outerip.dst.cnt`." })
  dstOuterIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Ethernet addresses around a tunnel, of the destination. Searched as `outermac.dst`." })
  dstOuterMac!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outermac.dst. Searched as `outermac.dst.cnt`." })
  dstOuterMac_cnt!: number | null;

  @Field(() => String, { nullable: true, description: "First 8 payload bytes of the destination, in hex. Searched as `payload8.dst.hex`." })
  dstPayload8!: string | null;

  @Field(() => [LongScalar], { nullable: true, description: "IP time to live or hop limit of the destination's first packets. Searched as `ttl.dst`." })
  dstTTL!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ttl.dst. Searched as `ttl.dst.cnt`." })
  dstTTLCnt!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Ethertype of the innermost frame. Searched as `ethertype`." })
  ethertype!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Time of the first packet of the flow. Searched as `starttime`." })
  firstPacket!: number | null;

  @Field(() => SessionHttp, { nullable: true, description: "Fields under `http`; null when the session has none of those asked for." })
  http!: SessionHttp | null;

  @Field(() => SessionIcmp, { nullable: true, description: "Fields under `icmp`; null when the session has none of those asked for." })
  icmp!: SessionIcmp | null;

  @Field(() => LongScalar, { nullable: true, description: "Milliseconds from SYN to the first pure ACK, halved. Searched as `initRTT`." })
  initRTT!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "IP protocol number or name (IANA). Searched as `ip.protocol`." })
  ipProtocol!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Time of the last packet of the segment. Searched as `stoptime`." })
  lastPacket!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Milliseconds from first to last packet. Searched as `session.length`." })
  length!: number | null;

  @Field(() => SessionNetwork, { nullable: true, description: "Fields under `network`; null when the session has none of those asked for." })
  network!: SessionNetwork | null;

  @Field(() => String, { nullable: true, description: "Name of the node that captured or imported the session. Searched as `node`." })
  node!: string | null;

  @Field(() => [String], { nullable: true, description: "Protocols recognised in the session. Searched as `protocols`." })
  protocol!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of protocols. Searched as `protocols.cnt`." })
  protocolCnt!: number | null;

  @Field(() => String, { nullable: true, description: "Id of the first segment of the same flow. Searched as `rootId`." })
  rootId!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of this segment in its flow, from 1. Searched as `session.segments`." })
  segmentCnt!: number | null;

  @Field(() => SessionServer, { nullable: true, description: "Fields under `server`; null when the session has none of those asked for." })
  server!: SessionServer | null;

  @Field(() => SessionSource, { nullable: true, description: "Fields under `source`; null when the session has none of those asked for." })
  source!: SessionSource | null;

  @Field(() => [LongScalar], { nullable: true, description: "Non-zero DSCP values of the source's first packets. Searched as `dscp.src`." })
  srcDscp!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dscp.src. Searched as `dscp.src.cnt`." })
  srcDscpCnt!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Different initial sequence numbers that the source used. Searched as `tcp.srcISNCnt`." })
  srcISNCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "Addresses around a tunnel, of the source. Searched as `outerip.src`." })
  srcOuterIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outerip.src. Searched as `outerip.src.cnt`." })
  srcOuterIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Ethernet addresses around a tunnel, of the source. Searched as `outermac.src`." })
  srcOuterMac!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outermac.src. Searched as `outermac.src.cnt`." })
  srcOuterMac_cnt!: number | null;

  @Field(() => String, { nullable: true, description: "First 8 payload bytes of the source, in hex. Searched as `payload8.src.hex`." })
  srcPayload8!: string | null;

  @Field(() => [LongScalar], { nullable: true, description: "IP time to live or hop limit of the source's first packets. Searched as `ttl.src`." })
  srcTTL!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ttl.src. Searched as `ttl.src.cnt`." })
  srcTTLCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Tags set by dissectors, rules and people. Searched as `tags`." })
  tags!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tags. Searched as `tags.cnt`." })
  tagsCnt!: number | null;

  @Field(() => Boolean, { nullable: true, description: "The SYN-ACK was acknowledged. Searched as `tcp.synAckValidated`." })
  tcpSynAckValidated!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "The SYN was acknowledged by a SYN-ACK. Searched as `tcp.synValidated`." })
  tcpSynValidated!: boolean | null;

  @Field(() => SessionTcpflags, { nullable: true, description: "Fields under `tcpflags`; null when the session has none of those asked for." })
  tcpflags!: SessionTcpflags | null;

  @Field(() => SessionTcpseq, { nullable: true, description: "Fields under `tcpseq`; null when the session has none of those asked for." })
  tcpseq!: SessionTcpseq | null;

  @Field(() => SessionTls, { nullable: true, description: "Fields under `tls`; null when the session has none of those asked for." })
  tls!: SessionTls | null;

  @Field(() => LongScalar, { nullable: true, description: "Payload bytes of both directions. Searched as `databytes`." })
  totDataBytes!: number | null;

  @Field(() => [String], { nullable: true, description: "User names seen in the session. Searched as `user`." })
  user!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of user. Searched as `user.cnt`." })
  userCnt!: number | null;

  @Field(() => [LongScalar], { nullable: true, description: "Virtual network ids of VXLAN and Geneve. Searched as `vni`." })
  vni!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of vni. Searched as `vni.cnt`." })
  vniCnt!: number | null;
}
