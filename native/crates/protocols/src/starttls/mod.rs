//! TLS inside a connection that began as something else: STARTTLS of mail, LDAP and XMPP, the SSL request of MySQL
//! and PostgreSQL, RDP, ADB. A payload that begins with a hello is classified anew.

use crate::{Classifier, Context, Dissector, Protocol, Trigger, Verdict, tls};
use lookback_session::core_fields;
use lookback_session::record::Direction;

/// Labels of protocols that may change to TLS.
const UPGRADABLE: [&str; 13] = [
    "smtp",
    "lmtp",
    "pop3",
    "imap",
    "ftp",
    "ldap",
    "mysql",
    "postgresql",
    "jabber",
    "irc",
    "rdp",
    "adb",
    "tds",
];
/// Payloads looked at before giving up.
const MAX_PAYLOADS: u32 = 256;

/// Counts what was looked at.
struct StartTls(u32);

impl Dissector for StartTls {
    fn name(&self) -> &'static str {
        "starttls"
    }

    fn payload(&mut self, context: &mut Context<'_>, direction: Direction, data: &[u8]) -> Verdict {
        self.0 += 1;
        if data.len() >= 6 && tls::begins_handshake(data) {
            context.classify_anew(direction, data.to_vec());
            return Verdict::Done;
        }
        if self.0 >= MAX_PAYLOADS { Verdict::Done } else { Verdict::More }
    }

    fn gap(&mut self, _: &mut Context<'_>, _: Direction, _: u64) -> Verdict {
        Verdict::More
    }
}

fn classify(context: &mut Context<'_>, _: Direction, _: &[u8]) {
    let may_upgrade = context.fields.texts(&core_fields::PROTOCOLS).any(|label| UPGRADABLE.contains(&label));
    if may_upgrade && !context.has_label("tls") {
        context.attach(Box::new(StartTls(0)));
    }
}

/// Watches for TLS.
pub static PROTOCOL: Protocol = Protocol {
    name: "starttls",
    fields: &[],
    classifiers: &[Classifier { trigger: Trigger::AnyTcp, classify }],
};
