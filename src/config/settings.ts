import { cappedDecimal, cappedInteger, choice, choices, clampedInteger, commaList, commaUrls, decimal, fieldValues, flag, freeSpace, integer, list, optionalChoice, optionalDecimal, optionalFreeSpace, optionalInteger, optionalText, packetRules, pattern, text, timeZone, unknownPackets, urls, type Setting } from "./setting.js";

/** Arkime's words for how long an index takes sessions. */
const ROTATIONS = ["hourly", "hourly2", "hourly3", "hourly4", "hourly6", "hourly8", "hourly12", "daily", "weekly", "monthly"] as const;

/** Largest value of a 16-bit timeout in seconds. */
const LONGEST = 65_535;

/** Least severe messages that are logged. */
const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
/** Areas whose messages have a level of their own; `area` of a message names it. */
export const LOG_AREAS = ["capture", "imports", "exports", "store", "retention", "tasks", "webhooks", "http"] as const;

/**
 * The settings that have an effect. Names, defaults and ranges are Arkime's where it has the setting; those it has not
 * are marked "Lookback" in their help. The order here is the order of the printed configuration.
 */
export const SETTINGS = {
  // Where things are.
  dataDir: text("data", "directory", /^.+$/, "Lookback: directory of catalogue, packets, sessions and exports."),
  pcapDir: list([], "Directories of packet files; unset: packets/ in dataDir."),
  nodeClass: optionalText("section name", "Second section to look a setting up in."),
  includes: list([], "Files of settings that are read after this one and win over it, in order; a - in front of a name: only when the file is there. Paths are relative to this file."),

  // Serving.
  viewHost: text("127.0.0.1", "address or host name", /^[\w.:-]+$/, "Address to serve on."),
  viewPort: integer(8005, 0, 65_535, "Port to serve on; 0 takes a free one."),
  timeZone: timeZone("local", "Lookback: zone of dates in expressions without one, and of daily tasks."),
  queryTimeoutSeconds: integer(60, 1, 3600, "Lookback: longest run of one query."),
  apiCostPerMinute: integer(10_000_000, 0, 1_000_000_000, "Lookback: cost units that the operations of one token or login may have in a minute; 0: no bound."),
  queryMemoryMiB: integer(512, 64, 1_048_576, "Lookback: memory that queries may use before they spill to disk."),
  queryThreads: integer(2, 1, 64, "Lookback: threads of the query engine."),
  debug: clampedInteger(0, 0, 128, "Above 0: logLevel is debug unless it is set itself."),
  logLevel: choice("info", LOG_LEVELS, "Lookback: least severe message that is logged."),
  logLevels: choices(LOG_AREAS, LOG_LEVELS, "Lookback: the same for single areas, such as retention=debug;http=warn."),

  // Coming in.
  certFile: optionalText("file", "Certificate chain in PEM form; with keyFile the service speaks TLS. Read again when it changes."),
  keyFile: optionalText("file", "Private key of certFile in PEM form, without a pass phrase."),
  hstsHeader: flag(false, "Whether browsers that came by TLS are told to come by TLS only."),
  authMode: choice("form", ["form", "oidc", "form+oidc", "header", "headerOnly", "digest", "basic", "basic+form", "header+digest", "header+basic"], "How users log in: by the login page, at an OpenID provider, by a trusted proxy's header. Arkime's digest and basic are the login page here. Bearer tokens always work.", { "basic+oidc": "form+oidc" }),
  authDiscoverURL: optionalText("URL", "OpenID provider, or its discovery document; https, or http on this machine."),
  authClientId: optionalText("text", "Client id that the OpenID provider gave."),
  authClientSecret: optionalText("text", "Client secret that the OpenID provider gave."),
  authRedirectURIs: commaUrls("Where the OpenID provider sends users back to: https://HOST/auth/login/callback for each host name of the service."),
  authUserIdField: text("preferred_username", "claim", /^[\w.:/-]{1,100}$/, "Claim of the OpenID provider with the user's name."),
  authOIDCScope: text("openid", "scopes separated by blanks", /^[\w.:/ -]{1,500}$/, "Scopes asked of the OpenID provider."),
  authRoleField: optionalText("claim", "Lookback: claim of the OpenID provider with the user's groups; unset: roles are given here."),
  authRoles: list([], "Lookback: role of each group, as GROUP=ROLE; the highest counts, and a user without one is refused."),
  authCreateUsers: flag(false, "Lookback: whether users of the OpenID provider who are not known here are added."),
  authCookieSecure: choice("auto", ["auto", "true", "false"], "Whether cookies are sent by TLS only; auto: when the client speaks TLS."),
  authJwsAlgorithm: optionalChoice(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"], "How the OpenID provider signs id tokens; unset: as it says itself, or RS256."),
  userAutoCreateTmpl: optionalText("JSON object", "Makes users whom the OpenID provider or trusted proxy names and who are not known here: members of Arkime's users, with ${this.NAME} for a claim or header."),
  logoutUrl: optionalText("http or https URL", "Where browsers go after they logged out here, to log out at the provider or proxy as well."),
  logoutUrlMethod: choice("POST", ["GET", "POST"], "How they go there."),
  authTrustProxy: commaList([], "Addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."),
  userNameHeader: optionalText("header", "Header in which a trusted proxy names the user, for authMode=header."),
  userAuthIps: commaList(["127.0.0.1", "::1"], "Addresses and networks of proxies whose userNameHeader is believed."),
  requiredAuthHeader: optionalText("header", "Header that must be there beside userNameHeader."),
  requiredAuthHeaderVal: commaList([], "Values of requiredAuthHeader of which one must be there."),
  loginMessage: text("", "text", /^[^\0]{0,1000}$/, "What the login page says above its form."),

  // Retention.
  freeSpaceG: freeSpace({ unit: "percent", value: 5 }, "Free space to keep on the device of the packet files: percent or GiB. `5%;/data/slow=200` keeps 200 GiB on the device of one directory of pcapDir."),
  pcapMaxAgeDays: optionalDecimal(0.01, 36_500, "Lookback: days that packet files of ours are kept at most; unset: as long as there is room."),
  pcapMaxSizeG: optionalDecimal(0.01, 1_048_576, "Lookback: GiB that packet files of ours take at most, on all devices together; unset: as much as there is room for."),
  expireDays: optionalInteger(1, 36_500, "Lookback: days that sessions are kept; unset: for ever."),
  sessionMaxSizeG: optionalDecimal(0.001, 1_048_576, "Lookback: GiB that the index of sessions takes at most, oldest days removed first; unset: no bound."),
  sessionFreeSpaceG: optionalFreeSpace("Lookback: free space to keep on each data node of the search cluster, percent or GiB, oldest days removed first; unset: no bound."),
  forecastWarnDays: optionalDecimal(0.01, 36_500, "Lookback: operators are told when packets or sessions will be kept for fewer days; unset: never."),
  auditDays: integer(730, 1, 36_500, "Lookback: days that entries of the audit log are kept."),

  webhookUrls: urls("Lookback: URLs that are told events of capture, retention and exports, as JSON by POST."),
  webhookSecret: optionalText("any text", "Lookback: key of the signature of what webhookUrls are sent; unset: no signature."),

  // Exports.
  exportHours: decimal(24, 0.1, 8_784, "Lookback: hours that the file of a finished export is kept."),
  maxExportG: decimal(100, 0.000_001, 1_048_576, "Lookback: GiB that one export may have."),

  // The index of sessions.
  indexStore: choice("embedded", ["embedded", "elasticsearch"], "Lookback: where sessions are indexed: in the data directory, or in a cluster of Elasticsearch or OpenSearch."),
  elasticsearch: commaList(["http://localhost:9200"], "URLs of the cluster's nodes; in a password in them ; and , are written %3B and %2C."),
  elasticsearchAPIKey: optionalText("base64 of id:key", "API key for the cluster."),
  elasticsearchBasicAuth: optionalText("user:password, or base64 of it", "User and password for the cluster."),
  caTrustFile: optionalText("file", "Certificates of authorities in PEM form: the cluster's certificate must be of one of them; those of the OpenID provider and of webhooks may be, beside the usual ones."),
  esClientCert: optionalText("file", "Certificate that is shown to the cluster, PEM."),
  esClientKey: optionalText("file", "Key of esClientCert, PEM."),
  esClientKeyPass: optionalText("any text", "Password of esClientKey."),
  compressES: flag(true, "Whether what is sent to the cluster is compressed; to this machine itself it never is."),
  dbBulkSize: clampedInteger(1_000_000, 500_000, 15_000_000, "Bytes of the first bulk request; later ones follow how fast the cluster is."),
  prefix: text("", "letters, digits, _ and -, in lower case", /^([a-z0-9][a-z0-9_-]{0,99})?$/, "Stands before the name of every index, so that several installations can share a cluster; with an underscore behind it unless it ends in _ or -."),
  rotateIndex: choice("daily", ROTATIONS, "How long an index takes sessions."),
  sessionShards: integer(1, 1, 64, "Lookback: primary shards of an index."),
  sessionReplicas: integer(0, 0, 8, "Lookback: copies of each shard."),
  sessionWarmAfterDays: optionalInteger(1, 36_500, "Lookback: days after which an index moves to the nodes of sessionWarmAllocation; unset: never."),
  sessionWarmAllocation: text("molochtype:warm", "attribute:value, or _tier_preference:data_warm,data_hot", /^(_tier_preference:data_[a-z]+(,data_[a-z]+)*|[A-Za-z][A-Za-z0-9_.-]{0,63}:[A-Za-z0-9_.,-]{1,200})$/, "Lookback: the attribute of the nodes that keep older indices, or their tiers."),
  sessionWarmReplicas: optionalInteger(0, 8, "Lookback: copies of each shard of an index that has moved there; unset: as many as before."),
  sessionRefreshSeconds: integer(5, 1, 600, "Lookback: seconds after which the cluster shows new sessions at the latest."),
  shipQueueG: decimal(10, 0.01, 100_000, "Lookback: GiB of sessions that may wait for the cluster; at half of it the health check warns."),

  // Capture.
  interface: list([], "Interfaces to capture from; unset: the one of the default route."),
  interfaceOps: fieldValues("Values that sessions get from the interface at which they begin: a list for each of interface, in the same order. Any field that is not counted from packets, such as tags."),
  bpf: optionalText("capture filter", "Filter that packets must match to be captured."),
  dontSaveBPFs: packetRules(1_000_000_000, "Rules FILTER:N: of sessions whose first packet matches, only the first N packets go into packet files; the sessions tell of all. Needs libpcap."),
  minPacketsSaveBPFs: packetRules(255, "Rules FILTER:N: sessions whose first packet matches are indexed only from N packets on; their packets are kept. Needs libpcap."),
  snapLen: cappedInteger(16_384, 64, 65_535, "Bytes kept of each packet."),
  tcpHealthCheckPort: integer(0, 0, 65_535, "TCP port that shows that the capture process lives: connections are taken and ended; 0: none."),
  pcapReadMethod: choice("tpacketv3", ["tpacketv3", "libpcap", "stdin"], "How packets come in: from interfaces through rings of Linux with the kernel's times and drop counts, or through libpcap; or stdin: lookback capture indexes a capture that another program writes to its standard input, while it is written.", { afpacketv3: "tpacketv3" }),
  tpacketv3NumThreads: clampedInteger(1, 1, 12, "Rings and reading threads of each interface; one reads several Gbit/s."),
  tpacketv3BlockSize: clampedInteger(2_097_152, 65_536, 16_777_216, "Bytes of a block of a ring; rounded up to a power of two."),
  tpacketv3ClusterId: clampedInteger(8005, 0, 65_535, "Number of the first interface's fanout group; others count on from it."),
  ringMiB: integer(64, 1, 2048, "Lookback: MiB that the kernel buffers in one ring."),
  promiscuous: flag(true, "Lookback: whether packets that are not for this host are seen."),
  openSessionFlush: integer(10, 1, 3600, "Lookback: seconds after which a session that is still open is seen, and again when packets came since."),
  pcapWriteMethod: choice("simple", ["simple", "simple-nodirect", "null"], "How packets are written: simple and simple-nodirect alike append pieces of up to 1 MiB through the page cache, so that others read them at once; null indexes packets and keeps none."),
  dropUser: optionalText("user", "User that the capture process becomes before it opens a file, where it is started as root; it keeps the rights to open interfaces until they are open."),
  dropGroup: optionalText("group", "Group that it takes then; unset: the one of dropUser."),
  pcapDirAlgorithm: choice("round-robin", ["round-robin", "max-free-percent", "max-free-bytes"], "Which of several directories gets the next packet file."),
  pcapBufferSize: clampedInteger(300_000_000, 100_000, 4_294_967_295, "Bytes that the kernel buffers for a capture, with pcapReadMethod=libpcap; for rings see ringMiB."),
  maxFileSizeG: cappedDecimal(12, 0.01, 1024, "GiB after which a packet file is closed."),
  maxFileTimeM: clampedInteger(0, 0, LONGEST, "Minutes after which a packet file is closed; 0: by size only."),
  offlineFilenameRegex: pattern(/\.(pcap|cap|pcapng)(\.(gz|zst|lz4))?$/i, "Names of files that are imported from a directory. Pcapng and compressed files are included by default."),

  // Sessions.
  packetThreads: clampedInteger(1, 1, 24, "Worker threads of the capture core; an import of several captures reads as many side by side."),
  sessionIdTracking: choice("none", ["none", "vlan", "vni"], "What tells sessions with equal addresses apart."),
  trackESP: flag(false, "Whether ESP makes sessions."),
  espSavePackets: flag(false, "Whether positions of ESP packets are kept."),
  tcpTimeout: clampedInteger(480, 10, LONGEST, "Seconds after which an idle TCP session is saved."),
  udpTimeout: clampedInteger(60, 10, LONGEST, "Seconds after which an idle UDP session is saved."),
  icmpTimeout: clampedInteger(10, 1, LONGEST, "Seconds after which an idle ICMP session is saved."),
  sctpTimeout: clampedInteger(60, 10, LONGEST, "Seconds after which an idle SCTP session is saved."),
  espTimeout: clampedInteger(600, 10, LONGEST, "Seconds after which an idle ESP session is saved."),
  tcpClosingTimeout: clampedInteger(5, 1, 255, "Seconds between the end of a TCP session and its saving."),
  tcpSaveTimeout: clampedInteger(480, 10, 7200, "Seconds after which an active TCP session is saved and goes on as a new segment."),
  maxPackets: cappedInteger(10_000, 1, 65_535, "Packets after which a session is saved and goes on as a new segment."),
  maxStreams: cappedInteger(1_500_000, 1, 16_777_215, "Sessions that are tracked at a time."),
  maxTcpOutOfOrderPackets: clampedInteger(256, 64, 10_000, "Packets a TCP session may hold back until a gap is filled."),
  maxFrags: clampedInteger(10_000, 100, 16_777_215, "Fragmented packets that are put together at a time."),
  fragsTimeout: clampedInteger(480, 60, LONGEST, "Seconds after which fragments are given up."),
  saveUnknownPackets: unknownPackets("Packets of no known kind of which sessions are made all the same: those of unknown IP protocols (ip:N) and Ethernet types (ether:N), all of these (all), and those with damaged headers (corrupt). A - in front takes out of what stands before it: all;-ip:253."),
  readTruncatedPackets: flag(false, "Whether captures of packets that were cut while they were captured are imported without the warning packet-cut-by-snaplen. Arkime takes them only then; here they are taken either way."),
  gapPacketPos: flag(true, "Whether documents print packet positions as gaps."),
  enablePacketLen: flag(false, "Whether documents hold packet lengths."),

  // Places.
  geoLite2Country: list(
    ["/var/lib/GeoIP/GeoLite2-City.mmdb", "/var/lib/GeoIP/GeoLite2-Country.mmdb", "/usr/share/GeoIP/GeoLite2-City.mmdb", "/usr/share/GeoIP/GeoLite2-Country.mmdb"],
    "Databases of countries in the MaxMind DB format; the first that exists is read, and read again when it changes.",
  ),
  geoLite2ASN: list(["/var/lib/GeoIP/GeoLite2-ASN.mmdb", "/usr/share/GeoIP/GeoLite2-ASN.mmdb"], "Databases of autonomous systems in the MaxMind DB format; the first that exists is read, and read again when it changes."),
  rirFile: optionalText("path", "IANA's IPv4 address space registry as CSV: the regional registry of an address."),
  ouiFile: optionalText("path", "List of Ethernet address prefixes in the form of Wireshark's manuf: the maker of a network interface."),

  // Parsing.
  maxReqBody: clampedInteger(256, 0, 32_767, "Bytes of an HTTP request body that are kept."),
  reqBodyOnlyUtf8: flag(true, "Whether only request bodies in UTF-8 are kept."),
  supportSha256: flag(false, "Whether bodies get a SHA-256 beside the MD5."),
  bodyMd5: flag(true, "Lookback: whether bodies get an MD5."),
  parseQSValue: flag(false, "Whether values of query strings are kept."),
  parseCookieValue: flag(false, "Whether values of cookies are kept."),
  parseHTTPHeaderRequestAll: flag(false, "Whether all HTTP request headers are kept."),
  parseHTTPHeaderResponseAll: flag(false, "Whether all HTTP response headers are kept."),
  parseHTTPHeaderValueMaxLen: clampedInteger(1024, 1, 2048, "Bytes kept of an HTTP header value."),
  parseDNSRecordAll: flag(false, "Whether all sections of a DNS message are kept."),
  dnsOutputAnswers: flag(true, "Whether DNS answers are kept one by one."),
  ja3Strings: flag(false, "Whether JA3 strings are kept beside the hashes."),
  ja4Raw: flag(false, "Whether raw JA4 is kept beside the hashes."),
  magicMode: choice("both", ["both", "libmagic", "libmagicnotext", "basic", "none"], "How body types are found; all but none use the built-in table."),
  disableParsers: list([], "Parsers that are off, of `dns`, `http`, `s7comm`, `socks`, `starttls`, `tls`: what they would find is not in sessions, the names of their protocols are. With `arp`, Arkime's default, frames of ARP are sessions only where saveUnknownPackets asks for them. A suffix `.so`, and names of parsers that are not here, are ignored."),
} satisfies Record<string, Setting<unknown>>;

/** Name of a setting that has an effect. */
export type SettingKey = keyof typeof SETTINGS;

/** The value of every setting. */
export type SettingValues = { readonly [K in SettingKey]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never };
