// dist/config/engine-settings.js
/** Seconds after which sessions of protocols without a setting of their own are saved; fixed in Arkime too. */
const OTHER_TIMEOUT = 600;
/** The part of a configuration that the native core needs. */
function engineSettings({ node, values }) {
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
		disableParsers: values.disableParsers.map((name) => name.replace(/\.so$/, "")),
		saveUnknownPackets: values.saveUnknownPackets,
		gapPacketPos: values.gapPacketPos,
		enablePacketLen: values.enablePacketLen,
		geoLite2Country: values.geoLite2Country,
		geoLite2Asn: values.geoLite2ASN,
		rirFile: values.rirFile === null ? [] : [values.rirFile],
		ouiFile: values.ouiFile === null ? [] : [values.ouiFile],
		readTruncatedPackets: values.readTruncatedPackets,
		minPacketsSaveBpfs: values.minPacketsSaveBPFs
	};
}

export { engineSettings as t };