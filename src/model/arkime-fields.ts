/**
 * Search names that Arkime has and that nothing here fills yet, by Arkime's groups, so that a saved search that names one is told so. A name that a
 * dissector fills later is found in the catalogue first; what stays of it here says nothing then.
 *
 * Behind a name, `#` says that Arkime has its count (`.cnt`) too, `~` its words (`.tokens`), and `@` its places (`.asn`, `.country`, `.rir`);
 * then come `=` and another name that it has for the field and its words, and `:` and its document path, where that is not the name in camel case.
 */
const GROUPS: readonly (readonly [group: string, names: string])[] = [
  ["adb", `adb.authtype# adb.command# adb.forward.direction# adb.forward.local# adb.forward.remote# adb.maxpayload# adb.serial#
    adb.service# adb.shell.exitcode# adb.streamid# adb.sync.operation# adb.sync.path# adb.systemtype# adb.version#`],
  ["arp", "arp.ip@# arp.mac# arp.opcode# arp.oui#"],
  ["bacnet", "bacnet.apdu-type# bacnet.function# bacnet.object-name# bacnet.service#"],
  ["bgp", "bgp.type"],
  ["c1222", `c1222.calledApInvocationId# c1222.calledApTitle# c1222.callingApInvocationId# c1222.callingApTitle# c1222.responseControl#
    c1222.securityMode#`],
  ["camel", "camel.called# camel.calling# camel.imsi# camel.op#"],
  ["dcerpc", "dcerpc.interface# dcerpc.msgType# dcerpc.opnum# dcerpc.uuid# dcerpc.version#"],
  ["dhcp", "dhcp.classId# dhcp.host#~=host.dhcp dhcp.id# dhcp.mac# dhcp.oui# dhcp.requestIp@# dhcp.type#"],
  ["diameter", `diameter.app# diameter.cmd# diameter.dest-host# diameter.dest-realm# diameter.origin-host# diameter.origin-realm#
    diameter.resultCode# diameter.session-id# diameter.user#`],
  ["dnp3", "dnp3.dst# dnp3.func# dnp3.funcName# dnp3.src#"],
  ["dns", "dns.header_flags.cnt:dns.headerFlagsCnt dns.opcode.cnt dns.query.class.cnt:dns.qcCnt dns.query.host.cnt:dns.queryHostCnt dns.query.type.cnt:dns.qtCnt dns.status.cnt"],
  ["email", `asn.email:email.ASN country.email:email.GEO email.bodymagic#:email.bodyMagic email.content-type# email.dst# email.file-content-type# email.fn#:email.filename email.folder#
    email.has-header#:email.header email.has-header.name:email.headerField email.has-header.value#:email.headerValue email.md5# email.message-id#:email.id email.mime-version# email.sha256#
    email.smtp-hello# email.src# email.subject# email.x-mailer#:email.useragent host.email#~=email.host:email.host ip.email#:email.ip rir.email:email.RIR`],
  ["enip", "enip.class# enip.command# enip.device-type# enip.product# enip.service# enip.status# enip.vendor#"],
  ["esis", "esis.type"],
  ["ftp", "ftp.banner# ftp.command# ftp.filename# ftp.responseCode#"],
  ["general", "asset# city.dst:destination.geo.city_name city.src:source.geo.city_name dbTimestamp:@timestamp entropy.dst entropy.src huntId huntName region.dst:destination.geo.region_iso_code region.src:source.geo.region_iso_code scrubbed.by:scrubby srcNode"],
  ["http", "http.header.request.field:http.requestHeaderField http.header.response.field:http.responseHeaderField"],
  ["irc", "irc.channel# irc.nick#"],
  ["isakmp", `isakmp.auth-method# isakmp.dh-group# isakmp.encryption# isakmp.exchange-type# isakmp.hash# isakmp.initiator-spi#
    isakmp.responder-spi# isakmp.vendor-id# isakmp.version#`],
  ["isis", "isis.msgType"],
  ["krb5", "krb5.cname# krb5.error# krb5.etype# krb5.realm# krb5.sname#"],
  ["ldap", "ldap.authtype# ldap.bindname#"],
  ["m3ua", "m3ua.si#"],
  ["modbus", "modbus.exccode# modbus.funccode# modbus.protocolid modbus.transactionid# modbus.unitid"],
  ["mqtt", "mqtt.clientId# mqtt.connackCode# mqtt.flags# mqtt.qos# mqtt.topic# mqtt.type# mqtt.version# mqtt.willTopic#"],
  ["mysql", "mysql.user mysql.ver:mysql.version"],
  ["nbns", "nbns.host# nbns.ip@# nbns.name# nbns.queryHost# nbns.queryType#"],
  ["ntlm", "ntlm.domain# ntlm.host# ntlm.targetName# ntlm.type# ntlm.version#"],
  ["ntp", "ntp.mode# ntp.ref-id# ntp.stratum# ntp.version#"],
  ["opcua", "opcua.endpointUrl# opcua.securityPolicyUri#"],
  ["oracle", "oracle.host~=host.oracle oracle.service oracle.user"],
  ["ospf", "ospf.areaId ospf.msgType ospf.routerId"],
  ["pana", "pana.msg-type# pana.session-id# pana.user#"],
  ["postgresql", "postgresql.app postgresql.db postgresql.user"],
  ["ptp", "ptp.clockId# ptp.msgType#"],
  ["quic", "host.quic#~=quic.host:quic.host quic.user-agent#:quic.useragent quic.version#"],
  ["radius", "radius.endpoint-ip@# radius.framed-ip@# radius.mac# radius.msgType# radius.nasIp@# radius.nasPort# radius.user"],
  ["rdp", "rdp.client-build# rdp.client-name# rdp.keyboard-layout# rdp.requested-protocols# rdp.selected-protocol#"],
  ["s7comm", "s7comm.errorClass# s7comm.errorCode# s7comm.func# s7comm.funcName# s7comm.opcode# s7comm.pduref# s7comm.rosctr#"],
  ["sccp", "sccp.dst# sccp.src#"],
  ["sip", "sip.callid# sip.contact# sip.from# sip.method# sip.statuscode# sip.to# sip.user# sip.user-agent#:sip.useragent sip.via#"],
  ["smb", "host.smb#~=smb.host:smb.host smb.dialect smb.domain# smb.fn#:smb.filename smb.os# smb.share# smb.user# smb.ver#:smb.version"],
  ["snmp", "snmp.community# snmp.engineId# snmp.error# snmp.secLevel# snmp.trap-oid# snmp.type# snmp.variable# snmp.version#"],
  ["ssh", "ssh.hassh# ssh.hasshServer# ssh.key# ssh.ver#:ssh.version"],
  ["stun", `stun.attributes# stun.error# stun.mapped-ip@# stun.mapped-port# stun.realm# stun.software# stun.type# stun.username#
    stun.xor-mapped-ip@# stun.xor-mapped-port# stun.xor-peer-ip@# stun.xor-relayed-ip@# stun.xor-relayed-port# stun.xorPeerPort#=stun.xor-peer-port`],
  ["suricata", "suricata.action# suricata.category# suricata.flowId# suricata.gid# suricata.severity# suricata.signature# suricata.signatureId#"],
  ["synchrophasor", `synchrophasor.cmd# synchrophasor.dataRate# synchrophasor.frameType# synchrophasor.idcode# synchrophasor.numPMU#
    synchrophasor.station#`],
  ["tcap", "tcap.opcode#"],
  ["tftp", "tftp.filename# tftp.opcode#"],
  ["websocket", `websocket.closeCode# websocket.closeReason# websocket.frameCnt websocket.maskedFromClient websocket.opcode#
    websocket.payloadBytes websocket.textSample#`],
  ["zeekintel", "zeekintel.desc zeekintel.indicator zeekintel.source zeekintel.type:zeekintel.indicator_type zeekintel.url zeekintel.where"],
];

/** What marks add to a name, and to a document path. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = { "#": [".cnt"], "~": [".tokens"], "@": [".asn", ".country", ".rir"] };
const PATH_SUFFIXES: Readonly<Record<string, readonly string[]>> = { "#": ["Cnt"], "~": ["Tokens"] };

interface ArkimeField {
  readonly names: readonly string[];
  /** Without `db:`. */
  readonly paths: readonly string[];
}

function fieldOf(word: string): ArkimeField {
  const { name = "", marks = "", alias, given } = /^(?<name>[^#~@=:]+)(?<marks>[#~@]*)(?:=(?<alias>[^:]+))?(?::(?<given>.+))?$/.exec(word)?.groups ?? {};
  const added = (to: string, kinds: string, suffixes: Readonly<Record<string, readonly string[]>>): string[] =>
    [to, ...[...kinds].flatMap((mark) => (suffixes[mark] ?? []).map((suffix) => to + suffix))];
  const path = given ?? name.replace(/\.cnt$/, "Cnt").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return {
    names: [...added(name, marks, SUFFIXES), ...(alias === undefined ? [] : added(alias, marks.replace(/[^~]/g, ""), SUFFIXES))],
    paths: [...added(path, marks, PATH_SUFFIXES), ...(marks.includes("@") ? ["ASN", "GEO", "RIR"].map((place) => path.replace(/ip$/i, "") + place) : [])],
  };
}

const FIELDS: readonly (readonly [group: string, fields: readonly ArkimeField[]])[] = GROUPS.map(([group, words]) => [group, words.split(/\s+/).map(fieldOf)]);

/** Search names of Arkime that were not filled when this was written, by group. */
export const ARKIME_FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  FIELDS.map(([group, fields]): [string, readonly string[]] => [group, fields.flatMap(({ names }) => names)]));

const NAMES: ReadonlySet<string> = new Set([
  ...[...ARKIME_FIELDS.values()].flat(), ...FIELDS.flatMap(([, fields]) => fields.flatMap(({ paths }) => paths.map((path) => `db:${path}`))),
]);

/** Whether Arkime has a search name, or a document path behind `db:`, that was not filled here when this was written. */
export function isArkimeField(name: string): boolean {
  return NAMES.has(name);
}
