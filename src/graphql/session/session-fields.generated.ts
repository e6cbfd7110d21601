// Made by `npm run generate` from schema/fields.json; do not edit.
import { Field, ObjectType } from "type-graphql";
import { AddressScalar, DateTimeScalar, LongScalar } from "../scalar/scalars.js";

@ObjectType("SessionCert", { simpleResolvers: true, description: "One of the objects of `cert`." })
export class SessionCert {
  @Field(() => [String], { nullable: true, description: "DNS names that the certificate is valid for. Searched as `cert.alt`." })
  alt!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of cert.alt. Searched as `cert.alt.cnt`." })
  altCnt!: number | null;

  @Field(() => String, { nullable: true, description: "Named curve of an elliptic-curve key. Searched as `cert.curve`." })
  curve!: string | null;

  @Field(() => String, { nullable: true, description: "SHA-1 of the certificate, hex pairs with colons. Searched as `cert.hash`." })
  hash!: string | null;

  @Field(() => [String], { nullable: true, description: "Common name of the issuer, in lower case. Searched as `cert.issuer.cn`." })
  issuerCN!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Organisation of the issuer. Searched as `cert.issuer.on`." })
  issuerON!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Organisational unit of the issuer. Searched as `cert.issuer.ou`." })
  issuerOU!: readonly string[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "End of validity. Searched as `cert.notafter`." })
  notAfter!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Start of validity. Searched as `cert.notbefore`." })
  notBefore!: number | null;

  @Field(() => String, { nullable: true, description: "Algorithm of the public key. Searched as `cert.publicAlgorithm`." })
  publicAlgorithm!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Whole days from the session's first packet to the end of validity, 0 once it is over. Searched as `cert.remainingDays`." })
  remainingDays!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Seconds from the session's first packet to the end of validity, 0 once it is over. Searched as `cert.remainingSeconds`." })
  remainingSeconds!: number | null;

  @Field(() => String, { nullable: true, description: "Serial number in hex, as encoded. Searched as `cert.serial`." })
  serial!: string | null;

  @Field(() => [String], { nullable: true, description: "Common name of the subject, in lower case. Searched as `cert.subject.cn`." })
  subjectCN!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Organisation of the subject. Searched as `cert.subject.on`." })
  subjectON!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Organisational unit of the subject. Searched as `cert.subject.ou`." })
  subjectOU!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Whole days from start to end of validity. Searched as `cert.validfor`." })
  validDays!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Seconds from start to end of validity. Searched as `cert.validforSeconds`." })
  validSeconds!: number | null;
}

@ObjectType("SessionClient", { simpleResolvers: true, description: "Fields of a session under `client`." })
export class SessionClient {
  @Field(() => LongScalar, { nullable: true, description: "Payload bytes sent by the source. Searched as `databytes.src`." })
  bytes!: number | null;
}

@ObjectType("SessionDestinationAsOrganization", { simpleResolvers: true, description: "Fields of a session under `organization`." })
export class SessionDestinationAsOrganization {
  @Field(() => String, { nullable: true, description: "Name of the autonomous system of the destination's address (needs geoLite2ASN). Searched as `destination.as.organization.name`." })
  name!: string | null;
}

@ObjectType("SessionDestinationAs", { simpleResolvers: true, description: "Fields of a session under `as`." })
export class SessionDestinationAs {
  @Field(() => String, { nullable: true, description: "Autonomous system of the destination's address: AS, number and name (needs geoLite2ASN). Searched as `asn.dst`." })
  full!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of the autonomous system of the destination's address (needs geoLite2ASN). Searched as `destination.as.number`." })
  number!: number | null;

  @Field(() => SessionDestinationAsOrganization, { nullable: true, description: "Fields under `organization`; null when the session has none of those asked for." })
  organization!: SessionDestinationAsOrganization | null;
}

@ObjectType("SessionDestinationGeo", { simpleResolvers: true, description: "Fields of a session under `geo`." })
export class SessionDestinationGeo {
  @Field(() => String, { nullable: true, description: "Country of the destination's address, ISO 3166-1 alpha-2 (needs geoLite2Country). Searched as `country.dst`." })
  country_iso_code!: string | null;
}

@ObjectType("SessionDestination", { simpleResolvers: true, description: "Fields of a session under `destination`." })
export class SessionDestination {
  @Field(() => SessionDestinationAs, { nullable: true, description: "Fields under `as`; null when the session has none of those asked for." })
  as!: SessionDestinationAs | null;

  @Field(() => LongScalar, { nullable: true, description: "Captured bytes sent by the destination. Searched as `bytes.dst`." })
  bytes!: number | null;

  @Field(() => SessionDestinationGeo, { nullable: true, description: "Fields under `geo`; null when the session has none of those asked for." })
  geo!: SessionDestinationGeo | null;

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
  @Field(() => String, { nullable: true, description: "CAA record in presentation form. Searched as `dns.answer.caa`." })
  caa!: string | null;

  @Field(() => String, { nullable: true, description: "Class of the record. Searched as `dns.answer.class`." })
  class!: string | null;

  @Field(() => String, { nullable: true, description: "Name that a CNAME record points to. Searched as `dns.answer.cname`." })
  cname!: string | null;

  @Field(() => String, { nullable: true, description: "DS record in presentation form. Searched as `dns.answer.ds`." })
  ds!: string | null;

  @Field(() => String, { nullable: true, description: "HTTPS record in presentation form. Searched as `dns.answer.https`." })
  https!: string | null;

  @Field(() => AddressScalar, { nullable: true, description: "Address of an A or AAAA record. Searched as `dns.answer.ip`." })
  ip!: string | null;

  @Field(() => String, { nullable: true, description: "Mail exchange of an MX record. Searched as `dns.answer.mx`." })
  mx!: string | null;

  @Field(() => String, { nullable: true, description: "Name that the record belongs to. Searched as `dns.answer.name`." })
  name!: string | null;

  @Field(() => String, { nullable: true, description: "Name server of an NS record. Searched as `dns.answer.ns`." })
  nameserver!: string | null;

  @Field(() => String, { nullable: true, description: "NSEC record in presentation form. Searched as `dns.answer.nsec`." })
  nsec!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Preference of an MX record. Searched as `dns.answer.priority`." })
  priority!: number | null;

  @Field(() => String, { nullable: true, description: "RRSIG record in presentation form, without the signature. Searched as `dns.answer.rrsig`." })
  rrsig!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Seconds that the record may be cached. Searched as `dns.answer.ttl`." })
  ttl!: number | null;

  @Field(() => String, { nullable: true, description: "Text of a TXT record. Searched as `dns.answer.txt`." })
  txt!: string | null;

  @Field(() => String, { nullable: true, description: "Type of the record. Searched as `dns.answer.type`." })
  type!: string | null;
}

@ObjectType("SessionDns", { simpleResolvers: true, description: "One of the objects of `dns`." })
export class SessionDns {
  @Field(() => [String], { nullable: true, description: "Autonomous systems of the addresses: DNS IP (needs geoLite2ASN). Searched as `asn.dns`." })
  ASN!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Countries of the addresses, ISO 3166-1 alpha-2: DNS IP (needs geoLite2Country). Searched as `country.dns`." })
  GEO!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Regional internet registries of the IPv4 addresses: DNS IP (needs rirFile). Searched as `rir.dns`." })
  RIR!: readonly string[] | null;

  @Field(() => [SessionDnsAnswers], { nullable: true, description: "Records of the responses, all sections." })
  answers!: readonly SessionDnsAnswers[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of records in the responses. Searched as `dns.answer.cnt`." })
  answersCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Flags set in the responses: AA, TC, RD, RA, AD, CD. Searched as `dns.header_flags`." })
  headerFlags!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Name asked for and the names that it is an alias of. Searched as `host.dns`." })
  host!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of host.dns. Searched as `host.dns.cnt`." })
  hostCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "Addresses of the name asked for. Searched as `ip.dns`." })
  ip!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ip.dns. Searched as `ip.dns.cnt`." })
  ipCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Autonomous systems of the addresses: DNS mailserver IP (needs geoLite2ASN). Searched as `asn.dns.mailserver`." })
  mailserverASN!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Countries of the addresses, ISO 3166-1 alpha-2: DNS mailserver IP (needs geoLite2Country). Searched as `country.dns.mailserver`." })
  mailserverGEO!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Names of mail exchanges in the response. Searched as `host.dns.mailserver`." })
  mailserverHost!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of host.dns.mailserver. Searched as `host.dns.mailserver.cnt`." })
  mailserverHostCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "Addresses of mail exchanges in the response. Searched as `ip.dns.mailserver`." })
  mailserverIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ip.dns.mailserver. Searched as `ip.dns.mailserver.cnt`." })
  mailserverIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Regional internet registries of the IPv4 addresses: DNS mailserver IP (needs rirFile). Searched as `rir.dns.mailserver`." })
  mailserverRIR!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Autonomous systems of the addresses: DNS nameserver IP (needs geoLite2ASN). Searched as `asn.dns.nameserver`." })
  nameserverASN!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Countries of the addresses, ISO 3166-1 alpha-2: DNS nameserver IP (needs geoLite2Country). Searched as `country.dns.nameserver`." })
  nameserverGEO!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Names of name servers in the response. Searched as `host.dns.nameserver`." })
  nameserverHost!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of host.dns.nameserver. Searched as `host.dns.nameserver.cnt`." })
  nameserverHostCnt!: number | null;

  @Field(() => [AddressScalar], { nullable: true, description: "Addresses of name servers in the response. Searched as `ip.dns.nameserver`." })
  nameserverIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ip.dns.nameserver. Searched as `ip.dns.nameserver.cnt`." })
  nameserverIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Regional internet registries of the IPv4 addresses: DNS nameserver IP (needs rirFile). Searched as `rir.dns.nameserver`." })
  nameserverRIR!: readonly string[] | null;

  @Field(() => String, { nullable: true, description: "Kind of operation: QUERY, NOTIFY, UPDATE, ... Searched as `dns.opcode`." })
  opcode!: string | null;

  @Field(() => [String], { nullable: true, description: "Internationalised names in the ASCII form of the wire. Searched as `dns.puny`." })
  puny!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dns.puny. Searched as `dns.puny.cnt`." })
  punyCnt!: number | null;

  @Field(() => String, { nullable: true, description: "Class in the question. Searched as `dns.query.class`." })
  qc!: string | null;

  @Field(() => String, { nullable: true, description: "Record type in the question. Searched as `dns.query.type`." })
  qt!: string | null;

  @Field(() => String, { nullable: true, description: "Name in the question. Searched as `dns.query.host`." })
  queryHost!: string | null;

  @Field(() => String, { nullable: true, description: "Response code: NOERROR, NXDOMAIN, ... Searched as `dns.status`." })
  status!: string | null;
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
  @Field(() => [String], { nullable: true, description: "Scheme of an Authorization header. Searched as `http.authtype`." })
  authType!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.authtype. Searched as `http.authtype.cnt`." })
  authTypeCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Type of a body as its first bytes tell it. Searched as `http.bodymagic`." })
  bodyMagic!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.bodymagic. Searched as `http.bodymagic.cnt`." })
  bodyMagicCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Protocol version of the requests. Searched as `http.version.src`." })
  clientVersion!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.version.src. Searched as `http.version.src.cnt`." })
  clientVersionCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Names of the cookies that clients sent. Searched as `http.cookie.key`." })
  cookieKey!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.cookie.key. Searched as `http.cookie.key.cnt`." })
  cookieKeyCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Values of the cookies that clients sent; kept when parseCookieValue is on. Searched as `http.cookie.value`." })
  cookieValue!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.cookie.value. Searched as `http.cookie.value.cnt`." })
  cookieValueCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Host header of a request, with its port and without, and the server name of a TLS client. Searched as `host.http`." })
  host!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of host.http. Searched as `host.http.cnt`." })
  hostCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Names in the query string, decoded. Searched as `http.uri.key`." })
  key!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.uri.key. Searched as `http.uri.key.cnt`." })
  keyCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "MD5 of a whole body as transferred, content encoding kept. Searched as `http.md5`." })
  md5!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.md5. Searched as `http.md5.cnt`." })
  md5Cnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Methods of the requests. Searched as `http.method`." })
  method!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of CONNECT requests. Searched as `http.method.CONNECT`." })
  method_CONNECT!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of DELETE requests. Searched as `http.method.DELETE`." })
  method_DELETE!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of GET requests. Searched as `http.method.GET`." })
  method_GET!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of HEAD requests. Searched as `http.method.HEAD`." })
  method_HEAD!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of OPTIONS requests. Searched as `http.method.OPTIONS`." })
  method_OPTIONS!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of POST requests. Searched as `http.method.POST`." })
  method_POST!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of PUT requests. Searched as `http.method.PUT`." })
  method_PUT!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.method. Searched as `http.method.cnt`." })
  methodCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Request target up to the question mark. Searched as `http.uri.path`." })
  path!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.uri.path. Searched as `http.uri.path.cnt`." })
  pathCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Beginning of a request body, up to maxReqBody bytes. Searched as `http.reqbody`." })
  requestBody!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Names of the headers that the client sent. Searched as `http.hasheader.src`." })
  requestHeader!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.hasheader.src. Searched as `http.hasheader.src.cnt`." })
  requestHeaderCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Name of each kept request header value, in the order of the values." })
  requestHeaderField!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Request header values in lower case; with parseHTTPHeaderRequestAll. Searched as `http.hasheader.src.value`." })
  requestHeaderValue!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.hasheader.src.value. Searched as `http.hasheader.src.value.cnt`." })
  requestHeaderValueCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Names of the headers that the server sent. Searched as `http.hasheader.dst`." })
  responseHeader!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.hasheader.dst. Searched as `http.hasheader.dst.cnt`." })
  responseHeaderCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Name of each kept response header value, in the order of the values." })
  responseHeaderField!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Response header values in lower case; with parseHTTPHeaderResponseAll. Searched as `http.hasheader.dst.value`." })
  responseHeaderValue!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.hasheader.dst.value. Searched as `http.hasheader.dst.value.cnt`." })
  responseHeaderValueCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Protocol version of the responses. Searched as `http.version.dst`." })
  serverVersion!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.version.dst. Searched as `http.version.dst.cnt`." })
  serverVersionCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "SHA-256 of a whole body as transferred; kept when supportSha256 is on. Searched as `http.sha256`." })
  sha256!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.sha256. Searched as `http.sha256.cnt`." })
  sha256Cnt!: number | null;

  @Field(() => [LongScalar], { nullable: true, description: "Status codes of the responses. Searched as `http.statuscode`." })
  statuscode!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.statuscode. Searched as `http.statuscode.cnt`." })
  statuscodeCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Host and request target, without the scheme. Searched as `http.uri`." })
  uri!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.uri. Searched as `http.uri.cnt`." })
  uriCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "User name in an Authorization header. Searched as `http.user`." })
  user!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.user. Searched as `http.user.cnt`." })
  userCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "User-Agent header of a request. Searched as `http.user-agent`." })
  useragent!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.user-agent. Searched as `http.user-agent.cnt`." })
  useragentCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Values in the query string, decoded; kept when parseQSValue is on. Searched as `http.uri.value`." })
  value!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of http.uri.value. Searched as `http.uri.value.cnt`." })
  valueCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Autonomous systems of the addresses: HTTP XFF IP (needs geoLite2ASN). Searched as `asn.xff`." })
  xffASN!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Countries of the addresses, ISO 3166-1 alpha-2: HTTP XFF IP (needs geoLite2Country). Searched as `country.xff`." })
  xffGEO!: readonly string[] | null;

  @Field(() => [AddressScalar], { nullable: true, description: "Addresses in X-Forwarded-For headers. Searched as `ip.xff`." })
  xffIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of ip.xff. Searched as `ip.xff.cnt`." })
  xffIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Regional internet registries of the IPv4 addresses: HTTP XFF IP (needs rirFile). Searched as `rir.xff`." })
  xffRIR!: readonly string[] | null;
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

@ObjectType("SessionSctp", { simpleResolvers: true, description: "Fields of a session under `sctp`." })
export class SessionSctp {
  @Field(() => [LongScalar], { nullable: true, description: "Payload protocol identifiers of the user data. Searched as `sctp.protoId`." })
  protoId!: readonly number[] | null;
}

@ObjectType("SessionServer", { simpleResolvers: true, description: "Fields of a session under `server`." })
export class SessionServer {
  @Field(() => LongScalar, { nullable: true, description: "Payload bytes sent by the destination. Searched as `databytes.dst`." })
  bytes!: number | null;
}

@ObjectType("SessionSocks", { simpleResolvers: true, description: "Fields of a session under `socks`." })
export class SessionSocks {
  @Field(() => String, { nullable: true, description: "Autonomous systems of the addresses: SOCKS IP (needs geoLite2ASN). Searched as `asn.socks`." })
  ASN!: string | null;

  @Field(() => String, { nullable: true, description: "Countries of the addresses, ISO 3166-1 alpha-2: SOCKS IP (needs geoLite2Country). Searched as `country.socks`." })
  GEO!: string | null;

  @Field(() => String, { nullable: true, description: "Regional internet registries of the IPv4 addresses: SOCKS IP (needs rirFile). Searched as `rir.socks`." })
  RIR!: string | null;

  @Field(() => String, { nullable: true, description: "Name that the client asked the proxy to connect to. Searched as `host.socks`." })
  host!: string | null;

  @Field(() => AddressScalar, { nullable: true, description: "Address that the client asked the proxy to connect to. Searched as `ip.socks`." })
  ip!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Port that the client asked the proxy to connect to. Searched as `port.socks`." })
  port!: number | null;

  @Field(() => String, { nullable: true, description: "User name given to the proxy. Searched as `socks.user`." })
  user!: string | null;
}

@ObjectType("SessionSourceAsOrganization", { simpleResolvers: true, description: "Fields of a session under `organization`." })
export class SessionSourceAsOrganization {
  @Field(() => String, { nullable: true, description: "Name of the autonomous system of the source's address (needs geoLite2ASN). Searched as `source.as.organization.name`." })
  name!: string | null;
}

@ObjectType("SessionSourceAs", { simpleResolvers: true, description: "Fields of a session under `as`." })
export class SessionSourceAs {
  @Field(() => String, { nullable: true, description: "Autonomous system of the source's address: AS, number and name (needs geoLite2ASN). Searched as `asn.src`." })
  full!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of the autonomous system of the source's address (needs geoLite2ASN). Searched as `source.as.number`." })
  number!: number | null;

  @Field(() => SessionSourceAsOrganization, { nullable: true, description: "Fields under `organization`; null when the session has none of those asked for." })
  organization!: SessionSourceAsOrganization | null;
}

@ObjectType("SessionSourceGeo", { simpleResolvers: true, description: "Fields of a session under `geo`." })
export class SessionSourceGeo {
  @Field(() => String, { nullable: true, description: "Country of the source's address, ISO 3166-1 alpha-2 (needs geoLite2Country). Searched as `country.src`." })
  country_iso_code!: string | null;
}

@ObjectType("SessionSource", { simpleResolvers: true, description: "Fields of a session under `source`." })
export class SessionSource {
  @Field(() => SessionSourceAs, { nullable: true, description: "Fields under `as`; null when the session has none of those asked for." })
  as!: SessionSourceAs | null;

  @Field(() => LongScalar, { nullable: true, description: "Captured bytes sent by the source. Searched as `bytes.src`." })
  bytes!: number | null;

  @Field(() => SessionSourceGeo, { nullable: true, description: "Fields under `geo`; null when the session has none of those asked for." })
  geo!: SessionSourceGeo | null;

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
  @Field(() => [String], { nullable: true, description: "Cipher suite that the server chose. Searched as `tls.cipher`." })
  cipher!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.cipher. Searched as `tls.cipher.cnt`." })
  cipherCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Session id in a server hello, in hex. Searched as `tls.sessionid.dst`." })
  dstSessionId!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "MD5 of version, ciphers, extensions, groups and point formats of a client hello. Searched as `tls.ja3`." })
  ja3!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja3. Searched as `tls.ja3.cnt`." })
  ja3Cnt!: number | null;

  @Field(() => [String], { nullable: true, description: "MD5 of version, cipher and extensions of a server hello. Searched as `tls.ja3s`." })
  ja3s!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja3s. Searched as `tls.ja3s.cnt`." })
  ja3sCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Text that JA3S hashes; with ja3Strings. Searched as `tls.ja3sstring`." })
  ja3sstring!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja3sstring. Searched as `tls.ja3sstring.cnt`." })
  ja3sstringCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Text that JA3 hashes; with ja3Strings. Searched as `tls.ja3string`." })
  ja3string!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja3string. Searched as `tls.ja3string.cnt`." })
  ja3stringCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "JA4 fingerprint of a client hello. Searched as `tls.ja4`." })
  ja4!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja4. Searched as `tls.ja4.cnt`." })
  ja4Cnt!: number | null;

  @Field(() => [String], { nullable: true, description: "JA4 with its lists instead of their hashes; with ja4Raw. Searched as `tls.ja4_r`." })
  ja4_r!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.ja4_r. Searched as `tls.ja4_r.cnt`." })
  ja4_rCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Session id in a client hello, in hex. Searched as `tls.sessionid.src`." })
  srcSessionId!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Version that the server chose. Searched as `tls.version`." })
  version!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of tls.version. Searched as `tls.version.cnt`." })
  versionCnt!: number | null;
}

/** Members of a session that come from the field catalogue. */
@ObjectType("SessionFields", { simpleResolvers: true })
export abstract class SessionFields {
  @Field(() => [SessionCert], { nullable: true, description: "Certificates that either side presented." })
  cert!: readonly SessionCert[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of cert. Searched as `cert.cnt`." })
  certCnt!: number | null;

  @Field(() => SessionClient, { nullable: true, description: "Fields under `client`; null when the session has none of those asked for." })
  client!: SessionClient | null;

  @Field(() => SessionDestination, { nullable: true, description: "Fields under `destination`; null when the session has none of those asked for." })
  destination!: SessionDestination | null;

  @Field(() => [SessionDns], { nullable: true, description: "Questions that the session asked, each with its answers." })
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

  @Field(() => [String], { nullable: true, description: "Makers of the destination's Ethernet addresses (needs ouiFile). Searched as `oui.dst`." })
  dstOui!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of oui.dst. Searched as `oui.dst.cnt`." })
  dstOuiCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Autonomous systems of the addresses: Dst outer IP (needs geoLite2ASN). Searched as `outerip.dst.asn`." })
  dstOuterASN!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Countries of the addresses, ISO 3166-1 alpha-2: Dst outer IP (needs geoLite2Country). Searched as `outerip.dst.country`." })
  dstOuterGEO!: readonly string[] | null;

  @Field(() => [AddressScalar], { nullable: true, description: "Addresses around a tunnel, of the destination. Searched as `outerip.dst`." })
  dstOuterIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outerip.dst. Searched as `outerip.dst.cnt`." })
  dstOuterIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Ethernet addresses around a tunnel, of the destination. Searched as `outermac.dst`." })
  dstOuterMac!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outermac.dst. Searched as `outermac.dst.cnt`." })
  dstOuterMac_cnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Makers of the Ethernet addresses around a tunnel, of the destination (needs ouiFile). Searched as `outeroui.dst`." })
  dstOuterOui!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outeroui.dst. Searched as `outeroui.dst.cnt`." })
  dstOuterOuiCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Regional internet registries of the IPv4 addresses: Dst outer IP (needs rirFile). Searched as `outerip.dst.rir`." })
  dstOuterRIR!: readonly string[] | null;

  @Field(() => String, { nullable: true, description: "First 8 payload bytes of the destination, in hex. Searched as `payload8.dst.hex`." })
  dstPayload8!: string | null;

  @Field(() => String, { nullable: true, description: "Regional internet registry of the destination's IPv4 address (needs rirFile). Searched as `rir.dst`." })
  dstRIR!: string | null;

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

  @Field(() => LongScalar, { nullable: true, description: "Bytes of the TCP streams that no captured packet holds although later ones or the receiver's acknowledgements show that they were sent; only where the handshake was captured. Searched as `bytes.missed`." })
  missedBytes!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Of the missed bytes, those of a session during which this capture lost packets by its own account; the others never came to its interface. Searched as `bytes.missed.lost`." })
  missedBytesLost!: number | null;

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

  @Field(() => SessionSctp, { nullable: true, description: "Fields under `sctp`; null when the session has none of those asked for." })
  sctp!: SessionSctp | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of this segment in its flow, from 1. Searched as `session.segments`." })
  segmentCnt!: number | null;

  @Field(() => SessionServer, { nullable: true, description: "Fields under `server`; null when the session has none of those asked for." })
  server!: SessionServer | null;

  @Field(() => SessionSocks, { nullable: true, description: "Fields under `socks`; null when the session has none of those asked for." })
  socks!: SessionSocks | null;

  @Field(() => SessionSource, { nullable: true, description: "Fields under `source`; null when the session has none of those asked for." })
  source!: SessionSource | null;

  @Field(() => [LongScalar], { nullable: true, description: "Non-zero DSCP values of the source's first packets. Searched as `dscp.src`." })
  srcDscp!: readonly number[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of dscp.src. Searched as `dscp.src.cnt`." })
  srcDscpCnt!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Different initial sequence numbers that the source used. Searched as `tcp.srcISNCnt`." })
  srcISNCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Makers of the source's Ethernet addresses (needs ouiFile). Searched as `oui.src`." })
  srcOui!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of oui.src. Searched as `oui.src.cnt`." })
  srcOuiCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Autonomous systems of the addresses: Src outer IP (needs geoLite2ASN). Searched as `outerip.src.asn`." })
  srcOuterASN!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Countries of the addresses, ISO 3166-1 alpha-2: Src outer IP (needs geoLite2Country). Searched as `outerip.src.country`." })
  srcOuterGEO!: readonly string[] | null;

  @Field(() => [AddressScalar], { nullable: true, description: "Addresses around a tunnel, of the source. Searched as `outerip.src`." })
  srcOuterIp!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outerip.src. Searched as `outerip.src.cnt`." })
  srcOuterIpCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Ethernet addresses around a tunnel, of the source. Searched as `outermac.src`." })
  srcOuterMac!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outermac.src. Searched as `outermac.src.cnt`." })
  srcOuterMac_cnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Makers of the Ethernet addresses around a tunnel, of the source (needs ouiFile). Searched as `outeroui.src`." })
  srcOuterOui!: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "Number of values of outeroui.src. Searched as `outeroui.src.cnt`." })
  srcOuterOuiCnt!: number | null;

  @Field(() => [String], { nullable: true, description: "Regional internet registries of the IPv4 addresses: Src outer IP (needs rirFile). Searched as `outerip.src.rir`." })
  srcOuterRIR!: readonly string[] | null;

  @Field(() => String, { nullable: true, description: "First 8 payload bytes of the source, in hex. Searched as `payload8.src.hex`." })
  srcPayload8!: string | null;

  @Field(() => String, { nullable: true, description: "Regional internet registry of the source's IPv4 address (needs rirFile). Searched as `rir.src`." })
  srcRIR!: string | null;

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
