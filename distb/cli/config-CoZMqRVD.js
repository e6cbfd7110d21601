import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as parseIni, t as LARGEST_CONFIG } from "./ini-DbJXZgqT.js";
import { t as nearestNames } from "./nearest-name-E6ridMzO.js";
import { i as readSetting, n as SETTINGS, r as printOrigin } from "./settings-E71MVzMb.js";
import path from "node:path";
import { hostname } from "node:os";
import { existsSync, readFileSync, statSync } from "node:fs";

// dist/config/known-keys.js
/**
* Keys of Moloch and Arkime that have no effect here: accepted without a warning, so that an existing config.ini works
* unchanged, each with what became of it. A key that gets an effect moves to settings.ts. docs/settings.md lists the same;
* `lookback config check --all` lists those that a file uses.
*/
const GROUPS = [
	{
		status: "not-needed",
		reason: "dissectors are compiled in; disableParsers turns them off one by one",
		keys: "disablePython luaFiles parseSMB parseSMTP parsersDir plugins pluginsDir rootPlugins viewerPlugins"
	},
	{
		status: "not-needed",
		reason: "the index has no shards, scrolls or indices per query to be careful with",
		keys: "esMaxConcurrentShardRequests elasticsearchScrollTimeout queryAllIndices queryExtraIndices spiDataMaxIndices summaryChunkDelay"
	},
	{
		status: "not-needed",
		reason: "no sensor needs a way to the index of another: a proxy for it has nothing to do",
		keys: `esProxyHost esProxyPort esProxySigV4 esProxySigV4AccessKeyId
    esProxySigV4CredentialCert esProxySigV4CredentialKey esProxySigV4CredentialUrl esProxySigV4Region esProxySigV4RoleArn esProxySigV4SecretAccessKey esProxySigV4Service esProxySigV4SessionToken`
	},
	{
		status: "not-needed",
		reason: "positions of packets are in the session rows",
		keys: "localPcapIndex"
	},
	{
		status: "not-needed",
		reason: "packet files are written by the capture thread with buffers of its own",
		keys: "simpleFreeOutputBuffers simpleMaxQ pcapWriteSize"
	},
	{
		status: "not-needed",
		reason: "captures of other vendors' drivers are not supported; the kernel's own sockets are",
		keys: `daqModule daqModuleDirs netmapThreads ntplFile ntStreamIds
    pfringClusterId snfDataRingSize snfFlags snfNumProcs snfNumRings snfProcNum`
	},
	{
		status: "not-needed",
		reason: "imports hand over packets by the batch, and hold no more than the engine takes",
		keys: "offlineDispatchAfter"
	},
	{
		status: "not-needed",
		reason: "requests are counted in /metrics; who read what is in the audit log",
		keys: "accessLogFile accessLogFormat accessLogSuppressPaths logESRequests logHTTPConnections"
	},
	{
		status: "not-needed",
		reason: "imports and rotations are in the log at level info; logLevel sets how much is logged",
		keys: "logEveryXPackets logFileCreation"
	},
	{
		status: "not-needed",
		reason: "a service imports by itself: lookback import, or the mutation importCapture",
		keys: "uploadCommand"
	},
	{
		status: "not-needed",
		reason: "packets are read from their file for each answer; there is nothing to run before",
		keys: "postPcapFetch"
	},
	{
		status: "not-needed",
		reason: "there is no demonstration mode and no entry for the tests of another program",
		keys: "demoMode s2sRegressionTests"
	},
	{
		status: "not-needed",
		reason: "users are in the catalogue of the data directory",
		keys: "esAdminUsers usersElasticsearch usersElasticsearchAPIKey usersElasticsearchBasicAuth usersPrefix usersUrl"
	},
	{
		status: "not-needed",
		reason: "the bounds of answers are those of the API: the query `limits`",
		keys: "maxAggSize maxSessionsQueried"
	},
	{
		status: "not-needed",
		reason: "state is in the data directory",
		keys: "stateDir"
	},
	{
		status: "not-needed",
		reason: "secrets are made at the first start and kept in the data directory",
		keys: "passwordSecret serverSecret"
	},
	{
		status: "not-needed",
		reason: "there is no digest authentication; its realm would be shown nowhere",
		keys: "httpRealm"
	},
	{
		status: "not-needed",
		reason: "a node is named by --node or the host; nothing depends on making names up",
		keys: "autoGenerateId"
	},
	{
		status: "not-needed",
		reason: "the login cookie is never sent from another site (SameSite=Strict)",
		keys: "authCookieSameSite"
	},
	{
		status: "not-needed",
		reason: "no page changes a password; users do it by the API when they have one here",
		keys: "disableUserPasswordUI"
	},
	{
		status: "not-needed",
		reason: "the cluster is asked and filled with timeouts, retries and numbers of requests of their own",
		keys: "dbEsHealthCheck dbFlushTimeout ecsEventDataset ecsEventProvider elasticsearchTimeout esBulkQuery esMaxRetries maxESConns maxESRequests"
	},
	{
		status: "not-yet",
		reason: "several indices or clusters asked as one",
		keys: "clusterDefault multiES multiESBasicAuth multiESHost multiESNodes multiESPort"
	},
	{
		status: "not-yet",
		reason: "several sensors behind one service",
		keys: `arkimeWebURL isLocalViewRegExp packetPortalCATrustFile packetPortalCertFile packetPortalConnect packetPortalHost
    packetPortalKeepAliveSeconds packetPortalKeyFile packetPortalListen packetPortalPort packetPortalReverseTTLMinutes packetPortalWaitSeconds viewUrl`
	},
	{
		status: "not-yet",
		reason: "a web viewer beyond the explorer",
		keys: `businessDayEnd businessDays businessDayStart defaultTimeRange footerTemplate iframe spiViewCategoryOrder
    titleTemplate turnOffGraphDays uploadFileSizeLimit uploadRoles valueAutoComplete`
	},
	{
		status: "not-yet",
		reason: "a path in front of every URL; a proxy must give Lookback a host name of its own",
		keys: "webBasePath"
	},
	{
		status: "not-yet",
		reason: "bearer tokens that another system signed (JWT); tokens are made here, for each program",
		keys: "authJwtAlgorithms authJwtAudience authJwtClockSkew authJwtIssuer authJwtJwksUrl authJwtRequiredScopes authJwtUserIdPrefix"
	},
	{
		status: "not-yet",
		reason: "searching inside packets (hunts), and queries that run again and again",
		keys: "cronQueries huntAdminLimit huntLimit huntThrottleMs huntWarn"
	},
	{
		status: "not-yet",
		reason: "a Model Context Protocol server",
		keys: "mcpAllowedIps mcpAuthMode mcpEnabled mcpMaxQueryDays"
	},
	{
		status: "not-yet",
		reason: "look-ups of places, networks and vendors",
		keys: "overrideIpsFiles"
	},
	{
		status: "not-yet",
		reason: "facts from other systems beside a session (WISE, intelligence files, alerts)",
		keys: `suricataAlertFile suricataExpireMinutes wiseCacheSecs wiseExcludeDomains wiseHost wiseLogEvery wiseMaxCache
    wiseMaxConns wiseMaxRequests wisePort wiseRequestTimeout wiseTcpTupleLookups wiseUdpTupleLookups wiseURL zeekIntelFiles zeekIntelTag`
	},
	{
		status: "not-yet",
		reason: "rules that tag, cut or drop sessions while they are captured",
		keys: "dontSaveTags packetDropIpsFiles rulesFiles"
	},
	{
		status: "not-yet",
		reason: "matching YARA rules and measuring entropy",
		keys: "entropyChunkSize entropyMaxUniqueValues yara yaraEveryPacket yaraFastMode"
	},
	{
		status: "not-yet",
		reason: "capturing through kernel rings",
		keys: "bpfBufferSize interfaceOps tpacketv3OldVlan"
	},
	{
		status: "not-yet",
		reason: "packets that arrive over the network (pcap-over-IP, TZSP, Garland taps)",
		keys: "garlandEthertype pcapOverIpPort tzspPort"
	},
	{
		status: "not-yet",
		reason: "packets that were seen twice",
		keys: "dedupPackets dedupSeconds dedupVlanVni enablePacketDedup"
	},
	{
		status: "not-yet",
		reason: "compressed or encrypted packet files, and other ways of writing them",
		keys: `pcapDirTemplate simpleCompression simpleCompressionBlockSize
    simpleDEKEncoding simpleEncoding simpleGzipLevel simpleKEKId simpleShortHeader simpleZstdLevel`
	},
	{
		status: "not-yet",
		reason: "packet files in object storage",
		keys: `awsUseTokenForMetadata s3AccessKeyId s3Bucket s3Compress s3Compression s3CompressionBlockSize s3CompressionLevel s3ExpireDays s3GapPacketPos
    s3Host s3MaxConns s3MaxRequests s3PathAccessStyle s3Region s3SecretAccessKey s3StorageClass s3UseECSEnv s3UseHttp s3UseTokenForMetadata`
	},
	{
		status: "not-yet",
		reason: "sending sessions to Kafka or as NetFlow",
		keys: `kafkaBootstrapServers kafkaMsgFormat kafkaSSL kafkaSSLCALocation kafkaSSLCertificateLocation kafkaSSLKeyLocation
    kafkaSSLKeyPassword kafkaTopic netflowDestinations netflowSNMPInput netflowSNMPOutput netflowVersion`
	},
	{
		status: "not-yet",
		reason: "bounds of the engine's memory and queues as settings; they are fixed",
		keys: "maxMemPercentage maxPacketsInQueue maxSctpOutOfOrderPackets"
	},
	{
		status: "not-yet",
		reason: "what an operator asks of a single file by its name",
		keys: "filenameOps"
	},
	{
		status: "not-yet",
		reason: "the fields that chad and SMTP header settings choose",
		keys: "chadHTTPIgnores chadHTTPItems chadSMTPIgnores chadSMTPItems parseSMTPHeaderAll smtpIpHeaders"
	},
	{
		status: "not-yet",
		reason: "DHCP and WebSocket sessions with settings of their own, and VLAN or VNI from HTTP",
		keys: "dhcpTimeout httpVLanVNI websocketTextSampleCnt"
	},
	{
		status: "not-yet",
		reason: "IPv4 fragments left as they are, and padding of Ethernet left out",
		keys: "disableIp4Defrag trimEthernetPadding"
	},
	{
		status: "not-yet",
		reason: "names of protocols that no dissector knows, in the log",
		keys: "logUnknownProtocols"
	}
];
/** Every key that is accepted without effect. */
const ACCEPTED_KEYS = new Map(GROUPS.flatMap(({ keys, ...known }) => keys.trim().split(/\s+/).map((key) => [key, known])));
/** Sections whose keys are data (header names, addresses, …), accepted without looking into them. None has an effect yet. */
const DATA_SECTIONS = /* @__PURE__ */ new Map([
	["custom-fields", "fields that a configuration defines"],
	["custom-fields-remap", "fields that are written under another name"],
	["custom-views", "views for everybody"],
	["headers-email", "fields from headers of mails"],
	["headers-http-request", "fields from headers of HTTP requests"],
	["headers-http-response", "fields from headers of HTTP responses"],
	["kafka-config", "sending sessions to Kafka"],
	["keks", "keys of encrypted packet files"],
	["moloch-clusters", "other clusters to send sessions to"],
	["override-ips", "names and places of addresses"],
	["packet-drop-ips", "addresses whose packets are dropped"],
	["remote-clusters", "other clusters to send sessions to"],
	["right-click", "entries of menus of a web viewer"],
	["scrubspi", "texts that are replaced in fields"],
	["value-actions", "entries of menus of a web viewer"],
	["vlan-vni-collapse", "VLANs and VNIs that are taken for one"],
	["wise-types", "facts from other systems beside a session"]
]);

// dist/config/config.js
const ENVIRONMENT_PREFIX = "LOOKBACK_";
/** Most files that one configuration includes. */
const MOST_INCLUDES = 64;
/** Letters that names of sections may have and names of environment variables may not. */
const ENVIRONMENT_WORDS = [
	["DASH", "-"],
	["COLON", ":"],
	["DOT", "."],
	["SLASH", "/"]
];
/**
* Reads config.ini and the environment. A setting is looked up in the command line, then in the sections of the node,
* its class and `default`; in each, the environment (`LOOKBACK_<section>__<key>`, `LOOKBACK__<key>` for `default`) wins over
* the included files, a later one over an earlier one, and these win over the file itself.
*
* @throws LookbackError CONFIG_INVALID with file, line, key, value and what is allowed.
*/
function loadConfig(source) {
	const file = findFile(source);
	const node = source.node ?? shortHostname();
	const environment = environmentEntries(source.environment);
	const own = file === null ? [] : parseIni(readConfigFile(file), file);
	const entries = [
		...own,
		...includedEntries(file === null ? source.workingDirectory : path.dirname(file), new Lookup([...own, ...environment], node).find("includes")),
		...environment
	];
	const lookup = new Lookup(entries, node);
	const { sections } = lookup;
	const values = {};
	const origins = /* @__PURE__ */ new Map();
	const entryOf = (key, among) => {
		const override = source.overrides?.[key];
		return override === void 0 ? among.find(key) : {
			value: override,
			origin: {
				file: "command line",
				line: null
			}
		};
	};
	for (const key of settingKeys()) {
		const declared = SETTINGS[key];
		const entry = entryOf(key, lookup);
		if (entry === null || isUnset(entry.value, declared)) values[key] = declared.defaultValue;
		else {
			values[key] = readSetting(key, entry.value, entry.origin, declared);
			origins.set(key, entry.origin);
		}
	}
	if (typeof values.debug === "number" && values.debug > 0 && !origins.has("logLevel")) values.logLevel = "debug";
	if (!allPresent(values)) throw new LookbackError("INTERNAL", "a setting has no value");
	if (!/^[\w.-]{1,64}$/.test(node)) throw new LookbackError("CONFIG_INVALID", `node name ${node.slice(0, 80)}: allowed: 1 to 64 letters, digits, _ . -`, {
		key: "node",
		value: node.slice(0, 80)
	});
	const dataDirectory = path.resolve(source.workingDirectory, values.dataDir);
	const [warnings, accepted] = classify(entries, new Set(sections));
	const storageOf = (name) => {
		const among = new Lookup(entries, name);
		const read = (key, declared) => {
			const entry = entryOf(key, among);
			return entry === null ? declared.defaultValue : readSetting(key, entry.value, entry.origin, declared);
		};
		const given = read("pcapDir", SETTINGS.pcapDir).map((directory) => path.resolve(source.workingDirectory, directory));
		const directories = given.length === 0 ? [path.join(dataDirectory, "packets")] : given;
		return {
			directories,
			freeSpace: withPaths(read("freeSpaceG", SETTINGS.freeSpaceG), directories, source.workingDirectory, entryOf("freeSpaceG", among)?.origin)
		};
	};
	return {
		node,
		file,
		values,
		origins,
		warnings,
		accepted,
		dataDirectory,
		entries,
		sections,
		storageOf,
		freeSpaceWith: (read) => withPaths(read, storageOf(node).directories, source.workingDirectory, origins.get("freeSpaceG")),
		packetDirectory: storageOf(node).directories[0] ?? path.join(dataDirectory, "packets")
	};
}
/** The directories of `freeSpaceG` by absolute path. Throws CONFIG_INVALID for one that holds no packets of the node. */
function withPaths(freeSpace, packetDirectories, workingDirectory, origin) {
	if (freeSpace.directories === void 0) return freeSpace;
	const directories = freeSpace.directories.map((one) => ({
		...one,
		directory: path.resolve(workingDirectory, one.directory)
	}));
	const stranger = directories.find(({ directory }) => !packetDirectories.includes(directory));
	if (stranger !== void 0) {
		const place = origin === void 0 ? "" : `${printOrigin(origin)}: `;
		throw new LookbackError("CONFIG_INVALID", `${place}freeSpaceG names ${stranger.directory}, which is no directory of pcapDir: allowed: ${packetDirectories.join(", ")}`, {
			key: "freeSpaceG",
			directory: stranger.directory
		});
	}
	return {
		...freeSpace,
		directories
	};
}
/**
* Reads the values of sections that belong to other nodes and classes, for a check of a whole file. Throws CONFIG_INVALID as
* their own node would.
*/
function checkOtherSections({ entries, sections }) {
	for (const { section, key, value, origin } of entries) {
		if (sections.includes(section) || DATA_SECTIONS.has(section)) continue;
		const known = settingKeys().find((name) => name === key);
		const declared = known === void 0 ? null : SETTINGS[known];
		if (declared !== null && !isUnset(value, declared)) readSetting(key, value, origin, declared);
	}
}
/** Names of all settings that have an effect, in declaration order. */
function settingKeys() {
	return Object.keys(SETTINGS).filter((key) => key in SETTINGS);
}
/** `key=` unsets a setting that may be unset. */
function isUnset(value, { defaultValue }) {
	return value === "" && (defaultValue === null || defaultValue === "");
}
/** Every key was filled by the loop over `settingKeys`, each with the type its declaration reads. */
function allPresent(values) {
	return settingKeys().every((key) => key in values);
}
/** Looks a key up in the sections of a node. */
var Lookup = class {
	#bySection = /* @__PURE__ */ new Map();
	constructor(entries, node) {
		for (const entry of entries) {
			const section = this.#bySection.get(entry.section) ?? /* @__PURE__ */ new Map();
			this.#bySection.set(entry.section, section.set(entry.key, entry));
		}
		const nodeClass = this.#first("nodeClass", [node, "default"])?.value ?? "";
		this.sections = [
			node,
			...nodeClass === "" ? [] : [nodeClass],
			"default"
		];
	}
	find(key) {
		return this.#first(key, this.sections);
	}
	#first(key, sections) {
		for (const section of sections) {
			const entry = this.#bySection.get(section)?.get(key);
			if (entry) return entry;
		}
		return null;
	}
};
/** Entries of the files that `includes` names. A file that must be there and is not is CONFIG_INVALID, naming the line. */
function includedEntries(directory, includes) {
	if (includes === null) return [];
	const names = readSetting("includes", includes.value, includes.origin, SETTINGS.includes);
	if (names.length > MOST_INCLUDES) throw new LookbackError("CONFIG_INVALID", `${printOrigin(includes.origin)}: includes: ${names.length} files; at most ${MOST_INCLUDES} are read`, { limit: MOST_INCLUDES });
	return names.flatMap((name) => {
		const optional = name.startsWith("-");
		const included = path.resolve(directory, optional ? name.slice(1) : name);
		if (!existsSync(included)) {
			if (optional) return [];
			throw new LookbackError("CONFIG_INVALID", `${printOrigin(includes.origin)}: includes=${name}: there is no file ${included}; a - in front of the name lets it be missing`, { file: included });
		}
		return parseIni(readConfigFile(included), included);
	});
}
function findFile(source) {
	if (source.file !== null) return path.resolve(source.workingDirectory, source.file);
	const usual = path.join(source.workingDirectory, "config.ini");
	return existsSync(usual) ? usual : null;
}
function readConfigFile(file) {
	try {
		const { size } = statSync(file);
		if (size > 1048576) throw new Error(`it has ${size} bytes; at most ${LARGEST_CONFIG} are read`);
		return readFileSync(file, "utf8");
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new LookbackError("CONFIG_INVALID", `${file}: cannot be read: ${reason}`, { file }, { cause: error });
	}
}
function environmentEntries(environment) {
	const entries = [];
	for (const [name, value] of Object.entries(environment)) {
		const separator = name.indexOf("__");
		if (value === void 0 || !name.startsWith(ENVIRONMENT_PREFIX) || separator < 8) continue;
		const section = ENVIRONMENT_WORDS.reduce((text, [word, sign]) => text.replaceAll(word, sign), name.slice(9, separator));
		entries.push({
			section: section === "" ? "default" : section,
			key: name.slice(separator + 2),
			value: value.trim(),
			origin: {
				file: `environment ${name}`,
				line: null
			}
		});
	}
	return entries;
}
/** Splits the entries without effect into unknown and merely accepted ones. Sections of other nodes are not ours to judge, but their keys are. */
function classify(entries, ours) {
	const unknown = [];
	const accepted = [];
	for (const { section, key, origin } of entries) {
		if (DATA_SECTIONS.has(section) || key in SETTINGS) continue;
		const known = ACCEPTED_KEYS.get(key);
		if (known !== void 0) {
			const why = known.status === "not-yet" ? "not there yet" : "not needed";
			accepted.push({
				kind: "accepted-key",
				key,
				section,
				origin,
				message: `${printOrigin(origin)}: ${key} has no effect (${why}: ${known.reason})`
			});
		} else if (ours.has(section)) {
			const [near = null] = nearestNames(key, [...settingKeys(), ...ACCEPTED_KEYS.keys()], 1);
			const hint = near === null ? "" : `; did you mean ${near}?`;
			unknown.push({
				kind: "unknown-key",
				key,
				section,
				origin,
				message: `${printOrigin(origin)}: unknown setting ${key} in [${section}]${hint}`
			});
		}
	}
	return [unknown, accepted];
}
function shortHostname() {
	return (hostname().split(".")[0] ?? "").replace(/[^\w-]/g, "-") || "node";
}

export { ACCEPTED_KEYS as i, loadConfig as n, settingKeys as r, checkOtherSections as t };