//! Frames that belong to no session of a known kind.

use lookback_wire::Decoded;

/// Label of ARP, and its name in `disableParsers`.
const ARP: &str = "arp";

/// Which frames of no known kind become sessions (`saveUnknownPackets`): of the rules that match, the last decides.
pub(crate) struct SaveUnknown {
    rules: Vec<UnknownRule>,
    /// Whether ARP is an EtherType that nobody knows (`disableParsers=arp`), as in Arkime without `arp.so`.
    arp_is_unknown: bool,
}

/// One word of `saveUnknownPackets`, with a `-` before it what is left out again.
struct UnknownRule {
    kind: UnknownKind,
    keeps: bool,
}

enum UnknownKind {
    /// Unknown protocols over IP and over Ethernet.
    All,
    Corrupt,
    /// A number of an IP protocol, or any.
    Ip(Option<u8>),
    /// An EtherType, or any.
    Ether(Option<u16>),
}

impl SaveUnknown {
    /// Words that are no rule are left out: whoever read the configuration refused them.
    pub(crate) fn new(rules: &[String], disabled_parsers: &[String]) -> Self {
        Self {
            rules: rules.iter().filter_map(|rule| UnknownRule::of(rule)).collect(),
            arp_is_unknown: disabled_parsers.iter().any(|name| name == ARP),
        }
    }

    pub(crate) fn keeps(&self, decoded: &Decoded) -> bool {
        let is_ip = decoded.label == "unknown-ip";
        let is_ether = decoded.label == "unknown-ether" || (self.arp_is_unknown && decoded.label == ARP);
        let is_corrupt = decoded.label.starts_with("corrupt");
        if !is_ip && !is_ether && !is_corrupt {
            return true;
        }
        let matches = |kind: &UnknownKind| match kind {
            UnknownKind::All => is_ip || is_ether,
            UnknownKind::Corrupt => is_corrupt,
            UnknownKind::Ip(number) => is_ip && number.is_none_or(|number| number == decoded.ip_protocol),
            UnknownKind::Ether(number) => {
                is_ether && number.is_none_or(|number| Some(number) == decoded.ethertype)
            }
        };
        self.rules.iter().rfind(|rule| matches(&rule.kind)).is_some_and(|rule| rule.keeps)
    }
}

impl UnknownRule {
    fn of(rule: &str) -> Option<Self> {
        let (word, keeps) = rule.strip_prefix('-').map_or((rule, true), |word| (word, false));
        let kind = match word.split_once(':') {
            None if word == "all" => UnknownKind::All,
            None if word == "corrupt" => UnknownKind::Corrupt,
            Some(("ip", "all")) => UnknownKind::Ip(None),
            Some(("ip", number)) => UnknownKind::Ip(Some(number.parse().ok()?)),
            Some(("ether", "all")) => UnknownKind::Ether(None),
            Some(("ether", number)) => UnknownKind::Ether(Some(number.parse().ok()?)),
            _ => return None,
        };
        Some(Self { kind, keeps })
    }
}

#[cfg(test)]
mod tests {
    use super::SaveUnknown;
    use lookback_wire::Decoded;

    fn kept(rules: &[&str]) -> [bool; 5] {
        let save = SaveUnknown::new(&rules.iter().map(ToString::to_string).collect::<Vec<_>>(), &[]);
        [
            ("unknown-ip", 253, None),
            ("unknown-ip", 254, None),
            ("unknown-ether", 0, Some(0x1234)),
            ("unknown-ether", 0, Some(1)),
            ("corrupt", 0, None),
        ]
        .map(|(label, ip_protocol, ethertype)| {
            save.keeps(&Decoded { label, ip_protocol, ethertype, ..Decoded::default() })
        })
    }

    #[test]
    fn the_last_rule_that_matches_decides() {
        assert_eq!(kept(&[]), [false; 5]);
        assert_eq!(kept(&["all"]), [true, true, true, true, false]);
        assert_eq!(kept(&["all", "-ip:253"]), [false, true, true, true, false]);
        assert_eq!(kept(&["-ip:253", "all"]), [true, true, true, true, false]);
        assert_eq!(kept(&["ether:all", "-ether:4660", "corrupt"]), [false, false, false, true, true]);
        assert_eq!(kept(&["ip:253", "ether:1", "corrupt", "-corrupt"]), [true, false, false, true, false]);
        assert_eq!(kept(&["ip:all", "-all", "ip:254"]), [false, true, false, false, false]);
    }

    #[test]
    fn arp_is_known_unless_its_parser_is_off() {
        let arp = Decoded { label: "arp", ethertype: Some(0x0806), ..Decoded::default() };
        let lldp = Decoded { label: "lldp", ethertype: Some(0x88cc), ..Decoded::default() };
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let keeps = |rules: &[&str], disabled: &[&str], decoded: &Decoded| {
            SaveUnknown::new(&owned(rules), &owned(disabled)).keeps(decoded)
        };
        assert!(keeps(&[], &["dns"], &arp));
        assert!(!keeps(&[], &["dns", "arp"], &arp));
        assert!(keeps(&["ether:2054"], &["arp"], &arp));
        assert!(keeps(&[], &["arp"], &lldp));
    }
}
