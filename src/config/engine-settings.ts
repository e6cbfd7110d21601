import { LookbackError } from "../base/errors.js";
import type { EngineSettings } from "../native/types.js";
import type { LookbackConfig } from "./config.js";
import { locatedError } from "./located-error.js";
import { namedFile } from "./named-file.js";

/** Seconds after which sessions of protocols without a setting of their own are saved; fixed in Arkime too. */
const OTHER_TIMEOUT = 600;

/** The part of a configuration that the native core needs. Throws CONFIG_INVALID where parts of it do not fit together. */
export function engineSettings(config: LookbackConfig): EngineSettings {
  const { node, values, origins } = config;
  return {
    node,
    workers: values.packetThreads,
    sessionIdTracking: values.sessionIdTracking,
    trackEsp: values.trackESP,
    espSavePackets: values.espSavePackets,
    tcpTimeout: values.tcpTimeout,
    udpTimeout: values.udpTimeout,
    icmpTimeout: values.icmpTimeout,
    sctpTimeout: values.sctpTimeout,
    espTimeout: values.espTimeout,
    otherTimeout: OTHER_TIMEOUT,
    tcpClosingTimeout: values.tcpClosingTimeout,
    tcpSaveTimeout: values.tcpSaveTimeout,
    maxPackets: values.maxPackets,
    maxStreams: values.maxStreams,
    maxTcpOutOfOrderPackets: values.maxTcpOutOfOrderPackets,
    maxFrags: values.maxFrags,
    fragsTimeout: values.fragsTimeout,
    maxReqBody: values.maxReqBody,
    reqBodyOnlyUtf8: values.reqBodyOnlyUtf8,
    supportSha256: values.supportSha256,
    bodyMd5: values.bodyMd5,
    parseQsValue: values.parseQSValue,
    parseCookieValue: values.parseCookieValue,
    parseHttpHeaderRequestAll: values.parseHTTPHeaderRequestAll,
    parseHttpHeaderResponseAll: values.parseHTTPHeaderResponseAll,
    parseHttpHeaderValueMaxLen: values.parseHTTPHeaderValueMaxLen,
    parseDnsRecordAll: values.parseDNSRecordAll,
    dnsOutputAnswers: values.dnsOutputAnswers,
    ja3Strings: values.ja3Strings,
    ja4Raw: values.ja4Raw,
    magicMode: values.magicMode,
    // Arkime's parsers are shared objects, so its files name them `arp.so`.
    disableParsers: values.disableParsers.map((name) => name.replace(/\.so$/, "")),
    saveUnknownPackets: values.saveUnknownPackets,
    gapPacketPos: values.gapPacketPos,
    enablePacketLen: values.enablePacketLen,
    geoLite2Country: values.geoLite2Country.map((name) => namedFile(config, name)),
    geoLite2Asn: values.geoLite2ASN.map((name) => namedFile(config, name)),
    rirFile: values.rirFile === null ? [] : [namedFile(config, values.rirFile)],
    ouiFile: values.ouiFile === null ? [] : [namedFile(config, values.ouiFile)],
    readTruncatedPackets: values.readTruncatedPackets,
    minPacketsSaveBpfs: values.minPacketsSaveBPFs,
    interfaces: interfaceFields(values, origins),
  };
}

/** Every interface with its list of `interfaceOps`, in order; none where there are no lists. Throws CONFIG_INVALID when there are more lists than interfaces. */
function interfaceFields({ interface: interfaces, interfaceOps: lists }: LookbackConfig["values"], origins: LookbackConfig["origins"]): EngineSettings["interfaces"] {
  if (lists.every((list) => list.length === 0)) return [];
  if (lists.length > interfaces.length) {
    const named = interfaces.length === 0 ? "interface names none" : `interface names ${interfaces.length} (${interfaces.join(";")})`;
    throw locatedError(new LookbackError("CONFIG_INVALID", `interfaceOps has ${lists.length} ${lists.length === 1 ? "list" : "lists"} and ${named}; write one list for each, in the same order`, { key: "interfaceOps" }), origins);
  }
  return interfaces.map((name, at) => ({ interface: name, fields: lists[at] ?? [] }));
}
