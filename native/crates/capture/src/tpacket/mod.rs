//! Linux AF_PACKET with TPACKET_V3: the kernel fills blocks of a ring that is mapped here; no call per packet.

pub mod block;
pub mod ring;

use crate::batch::Batch;
use crate::filter::Program;
use crate::interface::{self, Interface};
use crate::interface_losses::InterfaceLosses;
use crate::socket::{PacketSocket, Readiness};
use crate::source::{PacketSource, SourceError, SourceStatistics};
use block::{BlockHeader, packet_at};
use ring::Ring;
use std::time::Duration;

/// `ETH_P_ALL`.
const EVERY_PROTOCOL: u16 = 3;
/// Longest the kernel keeps a block that is not full, so that a quiet link's packets come soon.
const RETIRE: Duration = Duration::from_millis(100);
/// Bytes of a block: `tpacketv3BlockSize` is rounded to a power of two between these.
const BLOCK_BYTES: (u32, u32) = (1 << 16, 1 << 24);

/// How an interface is read.
#[derive(Clone, Debug)]
pub struct TpacketOptions {
    /// Its name.
    pub interface: String,
    /// `bpf`: which packets the kernel lets through; empty for all.
    pub filter: String,
    /// `snapLen`: bytes of a packet that are kept.
    pub snaplen: u32,
    /// `tpacketv3BlockSize`, bytes.
    pub block_bytes: u32,
    /// Bytes of the whole ring.
    pub ring_bytes: u32,
    /// Number of the fanout group that several sockets of one interface share; none for a single socket.
    pub fanout: Option<u16>,
    /// Whether to see packets that are not for this host.
    pub promiscuous: bool,
    /// Whether to count what the interface itself loses: one of the sockets of an interface does.
    pub counts_losses: bool,
}

/// A ring on an interface.
pub struct TpacketSource {
    options: TpacketOptions,
    interface: Interface,
    link_type: u16,
    socket: PacketSocket,
    ring: Ring,
    /// The block to read next, and where in it.
    block: usize,
    place: Option<(u32, usize)>,
    statistics: SourceStatistics,
    losses: Option<InterfaceLosses>,
    /// What interfaces of this name before this one lost.
    lost_before: u64,
    /// The interface went down and nothing came since: it may be another one of the same name by now, which nobody tells.
    is_down: bool,
}

impl TpacketSource {
    /// Opens the interface.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn open(options: TpacketOptions) -> Result<Self, SourceError> {
        let interface = Interface::named(&options.interface).ok_or_else(|| SourceError::NoInterface {
            interface: options.interface.clone(),
            known: interface::names().join(", "),
        })?;
        let link_type = interface.link_type().ok_or_else(|| SourceError::LinkType {
            interface: options.interface.clone(),
            hardware_type: interface.hardware_type,
        })?;
        let program = Program::of_setting(&options.filter, link_type, options.snaplen)?;
        let (socket, ring) = Self::attach(&options, &interface, program.as_ref())?;
        let losses = options.counts_losses.then(|| InterfaceLosses::of(&interface));
        Ok(Self {
            options,
            interface,
            link_type,
            socket,
            ring,
            block: 0,
            place: None,
            statistics: SourceStatistics::default(),
            losses,
            lost_before: 0,
            is_down: false,
        })
    }

    fn attach(
        options: &TpacketOptions,
        interface: &Interface,
        program: Option<&Program>,
    ) -> Result<(PacketSocket, Ring), SourceError> {
        let failed = |action: &'static str| {
            let name = interface.name.clone();
            move |source: std::io::Error| match source.raw_os_error() {
                Some(libc::EPERM | libc::EACCES) => SourceError::NotPermitted { interface: name },
                _ => SourceError::System { interface: name, action, source },
            }
        };
        let block_bytes = options
            .block_bytes
            .clamp(BLOCK_BYTES.0, BLOCK_BYTES.1)
            .checked_next_power_of_two()
            .unwrap_or(BLOCK_BYTES.1);
        let blocks = (options.ring_bytes / block_bytes).max(2);
        let socket = PacketSocket::open().map_err(failed("open a packet socket"))?;
        socket.make_ring(block_bytes, blocks, RETIRE).map_err(failed("make a ring"))?;
        if let Some(program) = program {
            socket.attach(program).map_err(failed("attach the filter"))?;
        }
        let ring =
            Ring::map(&socket, block_bytes as usize, blocks as usize).map_err(failed("map the ring"))?;
        if options.promiscuous {
            socket.be_promiscuous(interface.index).map_err(failed("set promiscuous mode"))?;
        }
        socket.bind(interface.index, EVERY_PROTOCOL).map_err(failed("bind"))?;
        if let Some(group) = options.fanout {
            socket.join_fanout(group).map_err(failed("join the fanout group"))?;
        }
        Ok((socket, ring))
    }

    /// Copies packets of blocks that are ours until the batch is full or no block is left.
    fn drain(&mut self, batch: &mut Batch) {
        while let Some(block) = self.ring.block(self.block) {
            let (mut left, mut at) = match self.place.take() {
                Some(place) => place,
                None => match BlockHeader::read(block) {
                    Some(header) => (header.packets, header.first as usize),
                    None => (0, 0),
                },
            };
            while left > 0 {
                let Some((packet, next)) = packet_at(block, at) else {
                    self.statistics.damaged_blocks += 1;
                    break;
                };
                // The loopback interface shows every packet going out and coming in; once is enough.
                let twice = packet.outgoing && self.interface.hardware_type == interface::LOOPBACK;
                if twice {
                    self.statistics.duplicate += 1;
                } else {
                    let (addresses, rest) = packet.frame.split_at(packet.frame.len().min(12));
                    let tag = packet.vlan.as_ref().map_or(&[][..], |tag| &tag[..]);
                    let parts = [addresses, tag, rest];
                    if !batch.push(packet.timestamp_ns, packet.original_length, self.options.snaplen, &parts)
                    {
                        self.place = Some((left, at));
                        return;
                    }
                }
                left -= 1;
                // The kernel lays packets out forwards; anything else would go round in circles.
                if left > 0 && next <= at {
                    self.statistics.damaged_blocks += 1;
                    break;
                }
                at = next;
            }
            self.ring.release(self.block);
            self.block = (self.block + 1) % self.ring.blocks();
        }
    }

    /// While the interface is down: waits for it, and opens it again when it is another one of the same name.
    fn recover(&mut self) -> Result<(), SourceError> {
        match Interface::named(&self.options.interface) {
            Some(now) if now.index != self.interface.index => {
                // Packets of another kind do not go into the same files: whoever supervises starts anew.
                if now.link_type() != Some(self.link_type) {
                    let (interface, hardware_type) = (now.name, now.hardware_type);
                    return Err(SourceError::LinkType { interface, hardware_type });
                }
                let program =
                    Program::of_setting(&self.options.filter, self.link_type, self.options.snaplen)?;
                let attached = match Self::attach(&self.options, &now, program.as_ref()) {
                    // It is gone again, or not ready yet.
                    Err(SourceError::System { source, .. })
                        if matches!(
                            source.raw_os_error(),
                            Some(libc::ENODEV | libc::ENXIO | libc::ENETDOWN)
                        ) =>
                    {
                        std::thread::sleep(RETIRE);
                        return Ok(());
                    }
                    attached => attached?,
                };
                self.count();
                (self.socket, self.ring) = attached;
                (self.block, self.place) = (0, None);
                self.lost_before = self.statistics.dropped_by_interface.unwrap_or(0);
                self.losses = self.options.counts_losses.then(|| InterfaceLosses::of(&now));
                self.interface = now;
            }
            // The socket stays bound while the interface is down and receives again once it is up.
            Some(_) => {}
            None => std::thread::sleep(RETIRE),
        }
        Ok(())
    }

    fn count(&mut self) {
        // A socket that cannot say keeps what was counted so far.
        let Ok(counts) = self.socket.ring_statistics() else { return };
        let dropped = &mut self.statistics.dropped_by_kernel;
        *dropped = Some(dropped.unwrap_or(0) + u64::from(counts.drops));
    }
}

impl PacketSource for TpacketSource {
    fn interface(&self) -> &str {
        &self.options.interface
    }
    fn link_type(&self) -> u16 {
        self.link_type
    }

    fn read(&mut self, batch: &mut Batch, wait: Duration) -> Result<(), SourceError> {
        self.drain(batch);
        if !batch.is_empty() {
            self.is_down = false;
            return Ok(());
        }
        let readiness = self.socket.wait(wait).map_err(|source| SourceError::System {
            interface: self.options.interface.clone(),
            action: "wait for packets",
            source,
        })?;
        if readiness == Readiness::Fault {
            self.statistics.went_down += 1;
            self.is_down = true;
        }
        if self.is_down {
            self.recover()?;
        }
        self.drain(batch);
        self.is_down &= batch.is_empty();
        Ok(())
    }

    fn statistics(&mut self) -> SourceStatistics {
        self.count();
        if let Some(lost) = self.losses.as_mut().and_then(InterfaceLosses::lost) {
            self.statistics.dropped_by_interface = Some(self.lost_before + lost);
        }
        self.statistics
    }
}
