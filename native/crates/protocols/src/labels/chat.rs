//! Conversation and telephony: IRC (RFC 2812), XMPP (RFC 6120), OSCAR, SIP (RFC 3261), RTSP (RFC 7826).

use crate::bytes::{be16, contains};
use crate::{Classifier, Context, Protocol, Trigger};
use lookback_session::record::Direction;

fn first_line(data: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', data).unwrap_or(data.len());
    data.get(..end).unwrap_or_default()
}

/// `:prefix COMMAND …`: a message of a server.
fn server_message(data: &[u8]) -> bool {
    let mut words = first_line(data).split(|&byte| byte == b' ');
    let prefix = words.next().unwrap_or_default();
    let command = words.next().unwrap_or_default();
    prefix.len() > 1
        && prefix.iter().all(u8::is_ascii_graphic)
        && (matches!(command, b"NOTICE" | b"CAP" | b"PRIVMSG" | b"JOIN" | b"ERROR")
            || (command.len() == 3 && command.iter().all(u8::is_ascii_digit)))
}

/// `USER name mode unused :real name` needs four parameters, unlike the `USER name` of FTP and POP3.
fn user_command(data: &[u8]) -> bool {
    let line = first_line(data);
    contains(line, b" :") && line.iter().filter(|&&byte| byte == b' ').count() >= 4
}

/// SIP and RTSP requests end their first line in the version; HTTP's methods differ.
fn request(context: &mut Context<'_>, _: Direction, data: &[u8]) {
    let line = first_line(data);
    if contains(line, b" SIP/2.0") {
        context.label("sip");
    } else if contains(line, b" RTSP/1.0") || contains(line, b" RTSP/2.0") {
        context.label("rtsp");
    }
}

macro_rules! requests {
    ($trigger:ident: $($method:literal),*) => {
        [$(Classifier { trigger: Trigger::$trigger { offset: 0, bytes: $method }, classify: request }),*]
    };
}

static TCP_REQUESTS: [Classifier; 19] = requests!(TcpMagic: b"INVITE ", b"REGISTER ", b"SUBSCRIBE ", b"NOTIFY ",
    b"OPTIONS ", b"MESSAGE ", b"ACK ", b"BYE ", b"CANCEL ", b"PUBLISH ", b"INFO ", b"REFER ", b"UPDATE ", b"PRACK ",
    b"DESCRIBE ", b"SETUP ", b"PLAY ", b"TEARDOWN ", b"ANNOUNCE ");
static UDP_REQUESTS: [Classifier; 14] = requests!(UdpMagic: b"INVITE ", b"REGISTER ", b"SUBSCRIBE ", b"NOTIFY ",
    b"OPTIONS ", b"MESSAGE ", b"ACK ", b"BYE ", b"CANCEL ", b"PUBLISH ", b"INFO ", b"REFER ", b"UPDATE ", b"PRACK ");

/// Requests of SIP and RTSP over TCP.
pub static REQUESTS_OVER_TCP: Protocol =
    Protocol { name: "sip-tcp", fields: &[], classifiers: &TCP_REQUESTS };
/// Requests of SIP over UDP.
pub static REQUESTS_OVER_UDP: Protocol =
    Protocol { name: "sip-udp", fields: &[], classifiers: &UDP_REQUESTS };

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "chat",
    fields: &[],
    classifiers: &[
        tcp!("irc", 0, b"USER ", user_command),
        tcp!("irc", 0, b"NICK "),
        tcp!("irc", 0, b"CAP LS"),
        tcp!("irc", 0, b"CAP REQ "),
        tcp!("irc", 0, b"PASS ", |data| contains(data, b"\nNICK ") || contains(data, b"\nUSER ")),
        tcp!("irc", 0, b":", server_message),
        tcp!("irc", 0, b"NOTICE AUTH "),
        tcp!("jabber", 0, b"<?xml", |data| contains(data, b"jabber:")
            || contains(data, b"etherx.jabber.org")),
        tcp!("jabber", 0, b"<stream:stream"),
        tcp!("sip", 0, b"SIP/2.0 "),
        udp!("sip", 0, b"SIP/2.0 "),
        tcp!("rtsp", 0, b"RTSP/1.0 "),
        tcp!("rtsp", 0, b"RTSP/2.0 "),
        // FLAP: asterisk, channel 1 to 5, sequence, length, version 1 on the first frame.
        tcp!("flap", 0, b"*\x01", |data| be16(data, 4).is_some_and(|n| n >= 4)
            && data.get(6..10) == Some(b"\x00\x00\x00\x01")),
        tcp!("whatsapp", 0, b"WA", |data| data.get(2).is_some_and(|b| *b < 32)
            && data.get(3).is_some_and(|b| *b < 32)),
    ],
};
