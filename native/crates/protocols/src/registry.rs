//! The classifiers of all protocols, arranged so that a first payload meets few of them.

use crate::{Classifier, Context, PROTOCOLS, Settings, Trigger};
use lookback_session::record::Direction;

type Classify = fn(&mut Context<'_>, Direction, &[u8]);

const SCTP: u8 = 132;
const UDP: u8 = 17;

/// Bytes that must stand at an offset before the classifier is asked.
struct Magic {
    offset: usize,
    bytes: &'static [u8],
    classify: Classify,
}

impl Magic {
    fn matches(&self, data: &[u8]) -> bool {
        data.get(self.offset..).is_some_and(|rest| rest.starts_with(self.bytes))
    }
}

/// The classifiers of one transport.
#[derive(Default)]
struct Table {
    /// Magics at offset 0, by their first byte.
    first_byte: Vec<Vec<Magic>>,
    /// Magics further in.
    deeper: Vec<Magic>,
    /// Classifiers by port, sorted by port.
    ports: Vec<(u16, Classify)>,
    /// Classifiers that look at everything.
    any: Vec<Classify>,
}

impl Table {
    fn new() -> Self {
        Self { first_byte: (0..256).map(|_| Vec::new()).collect(), ..Self::default() }
    }

    fn add_magic(&mut self, offset: usize, bytes: &'static [u8], classify: Classify) {
        let magic = Magic { offset, bytes, classify };
        match bytes.first() {
            None => self.any.push(classify),
            Some(&first) if offset == 0 => {
                if let Some(list) = self.first_byte.get_mut(usize::from(first)) {
                    list.push(magic);
                }
            }
            Some(_) => self.deeper.push(magic),
        }
    }

    fn classify(&self, context: &mut Context<'_>, direction: Direction, data: &[u8]) {
        let Some(&first) = data.first() else { return };
        for magic in self.first_byte.get(usize::from(first)).into_iter().flatten() {
            if magic.matches(data) {
                (magic.classify)(context, direction, data);
            }
        }
        for magic in &self.deeper {
            if magic.matches(data) {
                (magic.classify)(context, direction, data);
            }
        }
        let [source, destination] = context.session.port;
        self.by_port(source, context, direction, data);
        if destination != source {
            self.by_port(destination, context, direction, data);
        }
        for classify in &self.any {
            classify(context, direction, data);
        }
    }

    fn by_port(&self, port: u16, context: &mut Context<'_>, direction: Direction, data: &[u8]) {
        let start = self.ports.partition_point(|(at, _)| *at < port);
        for (at, classify) in self.ports.iter().skip(start) {
            if *at != port {
                break;
            }
            classify(context, direction, data);
        }
    }
}

/// The registered classifiers, arranged for look-up. Built once, shared by all workers.
pub struct Registry {
    tcp: Table,
    udp: Table,
    sctp: Vec<(u32, Classify)>,
    disabled: Vec<String>,
}

impl Registry {
    /// Arranges the classifiers of [`PROTOCOLS`]. A protocol that `settings` disables keeps its labels, but its
    /// dissectors are not attached.
    pub fn new(settings: &Settings) -> Self {
        let mut registry = Self {
            tcp: Table::new(),
            udp: Table::new(),
            sctp: Vec::new(),
            disabled: settings.disabled.clone(),
        };
        for protocol in PROTOCOLS {
            for classifier in protocol.classifiers {
                registry.add(classifier);
            }
        }
        // Stable: the classifiers of one port stay in the order of PROTOCOLS.
        registry.tcp.ports.sort_by_key(|(port, _)| *port);
        registry.udp.ports.sort_by_key(|(port, _)| *port);
        registry
    }

    fn add(&mut self, classifier: &Classifier) {
        let classify = classifier.classify;
        match classifier.trigger {
            Trigger::TcpMagic { offset, bytes } => self.tcp.add_magic(offset, bytes, classify),
            Trigger::UdpMagic { offset, bytes } => self.udp.add_magic(offset, bytes, classify),
            Trigger::TcpPort(port) => self.tcp.ports.push((port, classify)),
            Trigger::UdpPort(port) => self.udp.ports.push((port, classify)),
            Trigger::SctpProtocol(id) => self.sctp.push((id, classify)),
            Trigger::AnyTcp => self.tcp.any.push(classify),
            Trigger::AnyUdp => self.udp.any.push(classify),
        }
    }

    /// Classifies the first payload of one direction of a flow (`context.session.ip_protocol` says the transport).
    /// Payload over SCTP meets the classifiers of TCP; use [`Registry::classify_sctp`] where the payload protocol
    /// id is known.
    pub fn classify(&self, context: &mut Context<'_>, direction: Direction, data: &[u8]) {
        let table = if context.session.ip_protocol == UDP { &self.udp } else { &self.tcp };
        table.classify(context, direction, data);
        self.drop_disabled(context);
    }

    /// Classifies the first SCTP data of one direction with its payload protocol identifier (RFC 9260 section 3.3.1).
    pub fn classify_sctp(
        &self,
        context: &mut Context<'_>,
        direction: Direction,
        payload_protocol: u32,
        data: &[u8],
    ) {
        debug_assert_eq!(context.session.ip_protocol, SCTP);
        for (_, classify) in self.sctp.iter().filter(|(id, _)| *id == payload_protocol) {
            classify(context, direction, data);
        }
        self.classify(context, direction, data);
    }

    fn drop_disabled(&self, context: &mut Context<'_>) {
        if !self.disabled.is_empty() {
            context.attached.retain(|dissector| !self.disabled.iter().any(|name| name == dissector.name()));
        }
    }
}
