/**
 * Keys of Moloch and Arkime that have no effect here: accepted without a warning, so that an existing config.ini works
 * unchanged, each with what became of it. A key that gets an effect moves to settings.ts. docs/settings.md lists the same;
 * `lookback config check --all` lists those that a file uses.
 */

/** What became of a key. */
export interface KnownKey {
  /** `not-needed`: what it is for does not arise here. `not-yet`: what it is for is not there yet. */
  readonly status: "not-needed" | "not-yet";
  readonly reason: string;
}

interface Group extends KnownKey {
  readonly keys: string;
}

const GROUPS: readonly Group[] = [
  // What does not arise here.
  {
    status: "not-needed", reason: "dissectors are compiled in; disableParsers turns them off one by one",
    keys: "disablePython parsersDir pluginsDir",
  },
  {
    status: "not-needed", reason: "the index has no shards, scrolls or indices per query to be careful with",
    keys: "esMaxConcurrentShardRequests elasticsearchScrollTimeout queryAllIndices queryExtraIndices spiDataMaxIndices summaryChunkDelay",
  },
  { status: "not-needed", reason: "no sensor needs a way to the index of another: a proxy for it has nothing to do", keys: `esProxyHost esProxyPort esProxySigV4 esProxySigV4AccessKeyId
    esProxySigV4CredentialCert esProxySigV4CredentialKey esProxySigV4CredentialUrl esProxySigV4Region esProxySigV4RoleArn esProxySigV4SecretAccessKey esProxySigV4Service esProxySigV4SessionToken` },
  { status: "not-needed", reason: "Arkime's own capture reads them no more, though its sample file has them; tpacketv3BlockSize and ringMiB bound what waits", keys: "antiSynDrop packetsPerPoll" },
  { status: "not-needed", reason: "positions of packets are in the session rows", keys: "localPcapIndex" },
  { status: "not-needed", reason: "packet files are written by the capture thread with buffers of its own", keys: "simpleFreeOutputBuffers simpleMaxQ pcapWriteSize" },
  { status: "not-needed", reason: "captures of other vendors' drivers are not supported; the kernel's own sockets are", keys: `daqModule daqModuleDirs netmapThreads ntplFile ntStreamIds
    pfringClusterId snfDataRingSize snfFlags snfNumProcs snfNumRings snfProcNum` },
  { status: "not-needed", reason: "imports hand over packets by the batch, and hold no more than the engine takes", keys: "offlineDispatchAfter" },
  { status: "not-needed", reason: "requests are counted in /metrics; who read what is in the audit log", keys: "accessLogFile accessLogFormat accessLogSuppressPaths logESRequests logHTTPConnections" },
  { status: "not-needed", reason: "imports and rotations are in the log at level info; logLevel sets how much is logged", keys: "logEveryXPackets logFileCreation" },
  { status: "not-needed", reason: "a service imports by itself: lookback import, or the mutation importCapture", keys: "uploadCommand" },
  { status: "not-needed", reason: "packets are read from their file for each answer; there is nothing to run before", keys: "postPcapFetch" },
  { status: "not-needed", reason: "there is no demonstration mode and no entry for the tests of another program", keys: "demoMode s2sRegressionTests" },
  { status: "not-needed", reason: "users are in the catalogue of the data directory", keys: "esAdminUsers usersElasticsearch usersElasticsearchAPIKey usersElasticsearchBasicAuth usersPrefix usersUrl" },
  { status: "not-needed", reason: "the bounds of answers are those of the API: the query `limits`", keys: "maxAggSize maxSessionsQueried" },
  { status: "not-needed", reason: "state is in the data directory", keys: "stateDir" },
  { status: "not-needed", reason: "secrets are made at the first start and kept in the data directory", keys: "passwordSecret serverSecret" },
  { status: "not-needed", reason: "there is no digest authentication; its realm would be shown nowhere", keys: "httpRealm" },
  { status: "not-needed", reason: "a node is named by --node or the host; nothing depends on making names up", keys: "autoGenerateId" },
  { status: "not-needed", reason: "the login cookie is never sent from another site (SameSite=Strict)", keys: "authCookieSameSite" },
  { status: "not-needed", reason: "no page changes a password; users do it by the API when they have one here", keys: "disableUserPasswordUI" },
  // What is not there yet.
  { status: "not-needed", reason: "the cluster is asked and filled with timeouts, retries and numbers of requests of their own", keys: "dbEsHealthCheck dbFlushTimeout ecsEventDataset ecsEventProvider elasticsearchTimeout esBulkQuery esMaxRetries maxESConns maxESRequests" },
  { status: "not-yet", reason: "dissectors of mail and SMB, which fill none of their fields yet", keys: "parseSMB parseSMTP" },
  { status: "not-yet", reason: "what plugins and Lua scripts add, such as alerts of Suricata or answers of WISE; dissectors are compiled in", keys: "luaFiles plugins rootPlugins viewerPlugins" },
  { status: "not-yet", reason: "several indices or clusters asked as one", keys: "clusterDefault multiES multiESBasicAuth multiESHost multiESNodes multiESPort" },
  { status: "not-yet", reason: "several sensors behind one service", keys: `arkimeWebURL isLocalViewRegExp packetPortalCATrustFile packetPortalCertFile packetPortalConnect packetPortalHost
    packetPortalKeepAliveSeconds packetPortalKeyFile packetPortalListen packetPortalPort packetPortalReverseTTLMinutes packetPortalWaitSeconds viewUrl` },
  { status: "not-yet", reason: "a web viewer beyond the explorer", keys: `businessDayEnd businessDays businessDayStart defaultTimeRange footerTemplate iframe spiViewCategoryOrder
    titleTemplate turnOffGraphDays uploadFileSizeLimit uploadRoles valueAutoComplete` },
  { status: "not-yet", reason: "a path in front of every URL; a proxy must give Lookback a host name of its own", keys: "webBasePath" },
  { status: "not-yet", reason: "bearer tokens that another system signed (JWT); tokens are made here, for each program",
    keys: "authJwtAlgorithms authJwtAudience authJwtClockSkew authJwtIssuer authJwtJwksUrl authJwtRequiredScopes authJwtUserIdPrefix" },
  { status: "not-yet", reason: "searching inside packets (hunts), and queries that run again and again", keys: "cronQueries huntAdminLimit huntLimit huntThrottleMs huntWarn" },
  { status: "not-yet", reason: "a Model Context Protocol server", keys: "mcpAllowedIps mcpAuthMode mcpEnabled mcpMaxQueryDays" },
  { status: "not-yet", reason: "look-ups of places, networks and vendors", keys: "overrideIpsFiles" },
  { status: "not-yet", reason: "facts from other systems beside a session (WISE, intelligence files, alerts)", keys: `suricataAlertFile suricataExpireMinutes wiseCacheSecs wiseExcludeDomains wiseHost wiseLogEvery wiseMaxCache
    wiseMaxConns wiseMaxRequests wisePort wiseRequestTimeout wiseTcpTupleLookups wiseUdpTupleLookups wiseURL zeekIntelFiles zeekIntelTag` },
  { status: "not-yet", reason: "rules that tag, cut or drop sessions while they are captured", keys: "dontSaveTags packetDropIpsFiles rulesFiles" },
  { status: "not-yet", reason: "matching YARA rules and measuring entropy", keys: "entropyChunkSize entropyMaxUniqueValues yara yaraEveryPacket yaraFastMode" },
  { status: "not-yet", reason: "capturing through kernel rings", keys: "bpfBufferSize tpacketv3OldVlan" },
  { status: "not-yet", reason: "packets that arrive over the network (pcap-over-IP, TZSP, Garland taps)", keys: "garlandEthertype pcapOverIpPort tzspPort" },
  { status: "not-yet", reason: "packets that were seen twice", keys: "dedupPackets dedupSeconds dedupVlanVni enablePacketDedup" },
  { status: "not-yet", reason: "compressed or encrypted packet files, and other ways of writing them", keys: `pcapDirTemplate simpleCompression simpleCompressionBlockSize
    simpleDEKEncoding simpleEncoding simpleGzipLevel simpleKEKId simpleShortHeader simpleZstdLevel` },
  { status: "not-yet", reason: "packet files in object storage", keys: `awsUseTokenForMetadata s3AccessKeyId s3Bucket s3Compress s3Compression s3CompressionBlockSize s3CompressionLevel s3ExpireDays s3GapPacketPos
    s3Host s3MaxConns s3MaxRequests s3PathAccessStyle s3Region s3SecretAccessKey s3StorageClass s3UseECSEnv s3UseHttp s3UseTokenForMetadata` },
  { status: "not-yet", reason: "sending sessions to Kafka or as NetFlow", keys: `kafkaBootstrapServers kafkaMsgFormat kafkaSSL kafkaSSLCALocation kafkaSSLCertificateLocation kafkaSSLKeyLocation
    kafkaSSLKeyPassword kafkaTopic netflowDestinations netflowSNMPInput netflowSNMPOutput netflowVersion` },
  { status: "not-yet", reason: "bounds of the engine's memory and queues as settings; they are fixed", keys: "maxMemPercentage maxPacketsInQueue maxSctpOutOfOrderPackets" },
  { status: "not-yet", reason: "what an operator asks of a single file by its name", keys: "filenameOps" },
  { status: "not-yet", reason: "the fields that chad and SMTP header settings choose", keys: "chadHTTPIgnores chadHTTPItems chadSMTPIgnores chadSMTPItems parseSMTPHeaderAll smtpIpHeaders" },
  { status: "not-yet", reason: "DHCP and WebSocket sessions with settings of their own, and VLAN or VNI from HTTP", keys: "dhcpTimeout httpVLanVNI websocketTextSampleCnt" },
  { status: "not-yet", reason: "IPv4 fragments left as they are, and padding of Ethernet left out", keys: "disableIp4Defrag trimEthernetPadding" },
  { status: "not-yet", reason: "names of protocols that no dissector knows, in the log", keys: "logUnknownProtocols" },
];

/** Every key that is accepted without effect. */
export const ACCEPTED_KEYS: ReadonlyMap<string, KnownKey> = new Map(
  GROUPS.flatMap(({ keys, ...known }) => keys.trim().split(/\s+/).map((key): [string, KnownKey] => [key, known])));

/** Sections whose keys are data (header names, addresses, …), accepted without looking into them. None has an effect yet. */
export const DATA_SECTIONS: ReadonlyMap<string, string> = new Map([
  ["custom-fields", "fields that a configuration defines"], ["custom-fields-remap", "fields that are written under another name"],
  ["custom-views", "views for everybody"], ["headers-email", "fields from headers of mails"], ["headers-http-request", "fields from headers of HTTP requests"],
  ["headers-http-response", "fields from headers of HTTP responses"], ["kafka-config", "sending sessions to Kafka"], ["keks", "keys of encrypted packet files"],
  ["moloch-clusters", "other clusters to send sessions to"], ["override-ips", "names and places of addresses"], ["packet-drop-ips", "addresses whose packets are dropped"],
  ["remote-clusters", "other clusters to send sessions to"], ["right-click", "entries of menus of a web viewer"], ["scrubspi", "texts that are replaced in fields"],
  ["value-actions", "entries of menus of a web viewer"], ["vlan-vni-collapse", "VLANs and VNIs that are taken for one"], ["wise-types", "facts from other systems beside a session"],
]);
