//! Mail: SMTP (RFC 5321), LMTP (RFC 2033), POP3 (RFC 1939), IMAP (RFC 9051).

use crate::bytes::contains_ignoring_case;
use crate::{Classifier, Context, Protocol, Trigger};
use lookback_session::record::Direction;

/// Ports on which a `220` greeting without further words is mail.
const SMTP_PORTS: [u16; 4] = [25, 465, 587, 2525];

fn has_port(context: &Context<'_>, ports: &[u16]) -> bool {
    context.session.port.iter().any(|port| ports.contains(port))
}

/// A `220` greeting is spoken by SMTP and FTP alike: the words tell, else the port.
fn greeting(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    if contains_ignoring_case(data, b"ftp") {
        context.label("ftp");
    } else if contains_ignoring_case(data, b"smtp") || has_port(context, &SMTP_PORTS) {
        context.label("smtp");
    } else if has_port(context, &[21]) {
        context.label("ftp");
    }
}

fn pop3_greeting(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    if has_port(context, &[110, 995]) || contains_ignoring_case(data, b"pop") {
        context.label("pop3");
    }
}

/// Commands of the mail client; the port tells POP3 from IMAP from SMTP.
fn authentication(context: &mut Context<'_>, _: Direction, _: &[u8]) {
    if has_port(context, &[110, 995]) {
        context.label("pop3");
    } else if has_port(context, &SMTP_PORTS) {
        context.label("smtp");
    }
}

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "mail",
    fields: &[],
    classifiers: &[
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"220 " }, classify: greeting },
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"220-" }, classify: greeting },
        tcp!("smtp", 0, b"EHLO "),
        tcp!("smtp", 0, b"ehlo "),
        tcp!("smtp", 0, b"HELO "),
        tcp!("smtp", 0, b"helo "),
        tcp!("smtp", 0, b"MAIL FROM:"),
        tcp!("lmtp", 0, b"LHLO "),
        tcp!("lmtp", 0, b"lhlo "),
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"+OK" }, classify: pop3_greeting },
        Classifier { trigger: Trigger::TcpMagic { offset: 0, bytes: b"AUTH " }, classify: authentication },
        tcp!("imap", 0, b"* OK ", |data| contains_ignoring_case(data, b"imap")),
        tcp!("imap", 0, b"* PREAUTH "),
        tcp_port!("imap", 143, |data| data.starts_with(b"* OK ")),
    ],
};
