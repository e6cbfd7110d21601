//! The two tables that are text: IANA's list of IPv4 blocks, and the list of Ethernet address prefixes.

use std::collections::HashMap;

/// Registries of IPv4 addresses by first octet.
///
/// Read from the CSV form of IANA's "IPv4 Address Space Registry": prefix, designation, date, WHOIS server, …. The
/// registry of a block is the second label of its WHOIS server (`whois.apnic.net`); blocks without one have none.
#[derive(Debug)]
pub struct Registries {
    names: Vec<Option<Box<str>>>,
}

impl Registries {
    /// Reads the table. None when no line of the text is one of it.
    pub fn read(text: &str) -> Option<Self> {
        let mut names: Vec<Option<Box<str>>> = vec![None; 256];
        let mut found = false;
        for line in text.lines() {
            // Designations may be quoted; what is before and after them is not.
            let Some((prefix, rest)) = line.split_once(',') else { continue };
            let Some(octet) = prefix.trim().strip_suffix("/8").and_then(|octet| octet.parse::<u8>().ok())
            else {
                continue;
            };
            let name = rest
                .split(',')
                .map(str::trim)
                .find_map(|cell| cell.strip_prefix("whois."))
                .and_then(|server| server.split('.').next())
                .filter(|name| !name.is_empty())
                .map(|name| name.to_ascii_uppercase().into_boxed_str());
            found = true;
            if let Some(place) = names.get_mut(usize::from(octet)) {
                *place = name;
            }
        }
        found.then_some(Self { names })
    }

    /// The registry of an IPv4 address.
    pub fn of(&self, address: [u8; 4]) -> Option<&str> {
        self.names.get(usize::from(address[0]))?.as_deref()
    }
}

/// Most prefixes that are kept.
const MOST_PREFIXES: usize = 1_000_000;
/// Lengths of prefixes that the IEEE gives out (MA-S, MA-M, MA-L), longest first.
const LENGTHS: [u32; 3] = [36, 28, 24];

/// Makers of network interfaces by prefix of the Ethernet address.
///
/// Read from the form of Wireshark's `manuf`: prefix (`00:00:0C`, `8C:1F:64:00:00:00/36`), short name, long name, with
/// tabs between; `#` begins a comment.
#[derive(Debug, Default)]
pub struct Makers {
    names: HashMap<(u32, u64), Box<str>>,
}

impl Makers {
    /// Reads the table. None when no line of the text is one of it.
    pub fn read(text: &str) -> Option<Self> {
        let mut names = HashMap::new();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut cells = line.split('\t').map(str::trim);
            let (Some(prefix), Some(short)) = (cells.next(), cells.next()) else { continue };
            let name = cells.next().filter(|long| !long.is_empty()).unwrap_or(short);
            let Some((length, bits)) = prefix_of(prefix) else { continue };
            if name.is_empty() || !LENGTHS.contains(&length) || names.len() >= MOST_PREFIXES {
                continue;
            }
            names.insert((length, bits >> (48 - length)), name.into());
        }
        (!names.is_empty()).then_some(Self { names })
    }

    /// The maker of an Ethernet address in its usual form, by the longest prefix that is known.
    pub fn of(&self, address: &str) -> Option<&str> {
        let (digits, bits) = hex(address)?;
        if digits != 12 {
            return None;
        }
        LENGTHS.iter().find_map(|length| self.names.get(&(*length, bits >> (48 - length)))).map(AsRef::as_ref)
    }
}

/// Length in bits and the 48 bits of a prefix.
fn prefix_of(text: &str) -> Option<(u32, u64)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let (digits, bits) = hex(address)?;
    Some((length.unwrap_or(digits * 4), bits << (48 - digits * 4)))
}

/// Number and value of the hexadecimal digits of a text in which `:`, `-` and `.` may stand between them; at most 12.
fn hex(text: &str) -> Option<(u32, u64)> {
    let mut digits = 0;
    let mut bits = 0;
    for character in text.chars() {
        if matches!(character, ':' | '-' | '.') {
            continue;
        }
        bits = bits << 4 | u64::from(character.to_digit(16)?);
        digits += 1;
        if digits > 12 {
            return None;
        }
    }
    (digits > 0).then_some((digits, bits))
}

#[cfg(test)]
mod tests {
    use super::{Makers, Registries};

    #[test]
    fn registries_come_from_the_whois_server() {
        let text = "Prefix,Designation,Date,WHOIS,RDAP,Status [1],Note\r\n001/8,APNIC,2010-01,whois.apnic.net,https://rdap.apnic.net/,ALLOCATED,\r\n003/8,\"Administered by ARIN, Inc\",1994-05,whois.arin.net,https://rdap.arin.net/registry,LEGACY,\r\n010/8,IANA - Private Use,1995-06,,,RESERVED,[4]\r\n999/8,x,y,whois.z.net\r\n";
        let registries = Registries::read(text).expect("it is one");
        assert_eq!(registries.of([1, 2, 3, 4]), Some("APNIC"));
        assert_eq!(registries.of([3, 0, 0, 1]), Some("ARIN"));
        assert_eq!(registries.of([10, 0, 0, 1]), None);
        assert_eq!(registries.of([255, 0, 0, 1]), None);
        assert!(Registries::read("no table\n1,2,3").is_none());
    }

    #[test]
    fn makers_come_from_the_longest_prefix() {
        let text = "# comment\n00:00:0C\tCisco\tCisco Systems, Inc\n8C:1F:64\tIEEERegi\tIEEE Registration Authority\n8C:1F:64:0A:00:00/36\tMaker36\tThe one with 36 bits\n70:B3:D5:10:00:00/28\tMaker28\n00-00-0D\tDashes\t\nxx:yy\tno\n01:02:03:04:05:06:07\tlong\n";
        let makers = Makers::read(text).expect("it is one");
        assert_eq!(makers.of("00:00:0c:12:34:56"), Some("Cisco Systems, Inc"));
        assert_eq!(makers.of("8c:1f:64:0a:00:01"), Some("The one with 36 bits"));
        assert_eq!(makers.of("8c:1f:64:0a:10:01"), Some("IEEE Registration Authority"));
        assert_eq!(makers.of("70:b3:d5:1f:ff:ff"), Some("Maker28"));
        assert_eq!(makers.of("00:00:0d:00:00:00"), Some("Dashes"));
        assert_eq!(makers.of("00:00:0e:00:00:00"), None);
        assert_eq!(makers.of("00:00:0c"), None);
        assert!(Makers::read("\u{0}\u{1}binary\tx").is_none());
    }

    #[test]
    fn any_text_is_read_without_a_panic() {
        let mut seed = 7_u64;
        for _ in 0..2_000 {
            let text: String = (0..60)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    char::from(b"0123456789abcdef:/-.,\t\n#whois"[(seed >> 33) as usize % 29])
                })
                .collect();
            Registries::read(&text);
            if let Some(makers) = Makers::read(&text) {
                makers.of(&text);
            }
        }
    }
}
