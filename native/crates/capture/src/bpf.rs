//! Classic BPF in this process: whether a program takes a packet that is in memory already. The instructions are those of
//! McCanne and Jacobson, "The BSD Packet Filter" (USENIX 1993), as libpcap compiles them; the extensions that Linux adds
//! are not, for nothing compiles to them without a socket.

use crate::filter::{Instruction, Program};

/// Words of scratch memory (`BPF_MEMWORDS`).
const MEMORY: usize = 16;

/// The registers.
#[derive(Default)]
struct Machine {
    accumulator: u32,
    index: u32,
    memory: [u32; MEMORY],
}

impl Program {
    /// Whether the program takes a frame of `original_length` bytes on the wire. A load beyond the end of the frame
    /// refuses it, as in the kernel. Jumps only go forward, so that no program runs for ever.
    pub fn accepts(&self, frame: &[u8], original_length: u32) -> bool {
        // An empty program, of an empty expression, takes every packet.
        self.instructions().is_empty() || run(self.instructions(), frame, original_length).unwrap_or(0) != 0
    }
}

/// What the program returns; none when it loads what is not there, divides by zero or is no program.
fn run(program: &[Instruction], frame: &[u8], original_length: u32) -> Option<u32> {
    let mut machine = Machine::default();
    let mut at = 0usize;
    loop {
        let instruction = program.get(at)?;
        at += 1;
        let Instruction { code, k, .. } = *instruction;
        // The class of an instruction is its lowest three bits.
        match code & 0x07 {
            0x00 => machine.accumulator = load(&machine, frame, original_length, code, k)?,
            0x01 if code & 0xe0 == 0xa0 => {
                // Four times the lower half of a byte: the length of an IPv4 header.
                machine.index = u32::from(*frame.get(k as usize)? & 0x0f) << 2;
            }
            0x01 => machine.index = load(&machine, frame, original_length, code, k)?,
            0x02 => *machine.memory.get_mut(k as usize)? = machine.accumulator,
            0x03 => *machine.memory.get_mut(k as usize)? = machine.index,
            0x04 => machine.accumulator = compute(&machine, code, k)?,
            0x05 => at = at.checked_add(jump(&machine, instruction)?)?,
            0x06 => {
                return Some(match code & 0x18 {
                    0x10 => machine.accumulator,
                    _ => k,
                });
            }
            _ if code & 0xf8 == 0x80 => machine.accumulator = machine.index,
            _ => machine.index = machine.accumulator,
        }
    }
}

fn load(machine: &Machine, frame: &[u8], original_length: u32, code: u16, k: u32) -> Option<u32> {
    let at = match code & 0xe0 {
        0x00 => return Some(k),
        0x20 => k as usize,
        0x40 => (machine.index as usize).checked_add(k as usize)?,
        0x60 => return machine.memory.get(k as usize).copied(),
        0x80 => return Some(original_length),
        _ => return None,
    };
    let bytes = match code & 0x18 {
        0x00 => 4,
        0x08 => 2,
        0x10 => 1,
        _ => return None,
    };
    let taken = frame.get(at..at.checked_add(bytes)?)?;
    Some(taken.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)))
}

/// The second operand: a constant, or the index register.
fn operand(machine: &Machine, code: u16, k: u32) -> u32 {
    if code & 0x08 != 0 { machine.index } else { k }
}

fn compute(machine: &Machine, code: u16, k: u32) -> Option<u32> {
    let (a, b) = (machine.accumulator, operand(machine, code, k));
    Some(match code & 0xf0 {
        0x00 => a.wrapping_add(b),
        0x10 => a.wrapping_sub(b),
        0x20 => a.wrapping_mul(b),
        0x30 => a.checked_div(b)?,
        0x40 => a | b,
        0x50 => a & b,
        0x60 => a.checked_shl(b).unwrap_or(0),
        0x70 => a.checked_shr(b).unwrap_or(0),
        0x80 => a.wrapping_neg(),
        0x90 => a.checked_rem(b)?,
        0xa0 => a ^ b,
        _ => return None,
    })
}

fn jump(machine: &Machine, instruction: &Instruction) -> Option<usize> {
    let Instruction { code, jump_true, jump_false, k } = *instruction;
    let (a, b) = (machine.accumulator, operand(machine, code, k));
    let holds = match code & 0xf0 {
        0x00 => return Some(k as usize),
        0x10 => a == b,
        0x20 => a > b,
        0x30 => a >= b,
        0x40 => a & b != 0,
        _ => return None,
    };
    Some(usize::from(if holds { jump_true } else { jump_false }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceError;

    /// Ethernet, IPv4, and the ports of TCP (6) or UDP (17).
    fn frame(protocol: u8, source: [u8; 4], port: u16) -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        frame.extend([0x45, 0, 0, 40, 0, 0, 0, 0, 64, protocol, 0, 0]);
        frame.extend(source);
        frame.extend([192, 0, 2, 1]);
        frame.extend(40_000u16.to_be_bytes());
        frame.extend(port.to_be_bytes());
        frame.extend([0; 16]);
        frame
    }

    #[test]
    fn programs_of_libpcap_decide_as_in_the_kernel() {
        let web = frame(6, [10, 0, 0, 1], 443);
        let name = frame(17, [10, 0, 0, 2], 53);
        for (expression, takes_web, takes_name) in [
            ("", true, true),
            ("tcp", true, false),
            ("port 443", true, false),
            ("udp port 53", false, true),
            ("not port 53", true, false),
            ("src net 10.0.0.0/24 and dst host 192.0.2.1", true, true),
            ("src host 10.0.0.2", false, true),
            ("len > 40", true, true),
            ("greater 1000", false, false),
            ("ip[8] = 64 and tcp[2:2] = 443", true, false),
            ("(ip[0] & 0xf) * 4 + 14 = 34", true, true),
            ("portrange 50-60", false, true),
            ("ip6", false, false),
        ] {
            match Program::compile(expression, 1, 65_535) {
                Ok(program) => assert_eq!(
                    (program.accepts(&web, 54), program.accepts(&name, 54)),
                    (takes_web, takes_name),
                    "{expression}"
                ),
                Err(SourceError::NoFilterCompiler) => {
                    eprintln!("skipped: libpcap is not installed");
                    return;
                }
                Err(other) => unreachable!("{expression}: {other}"),
            }
        }
        // What is not there cannot match.
        let Ok(program) = Program::compile("tcp port 443", 1, 65_535) else { return };
        assert!((0..web.len() - 16).all(|length| !program.accepts(&web[..length], 54)));
    }

    #[test]
    fn no_program_panics_or_runs_for_ever() {
        let frame = frame(6, [10, 0, 0, 1], 443);
        let mut state = 1u64;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32
        };
        for _ in 0..200_000 {
            let program: Vec<Instruction> = (0..1 + random() % 12)
                .map(|_| Instruction {
                    code: random() as u16 & 0x1ff,
                    jump_true: random() as u8 & 7,
                    jump_false: random() as u8 & 7,
                    k: if random() % 4 == 0 { random() } else { random() % 64 },
                })
                .collect();
            let _ = run(&program, &frame, 54);
        }
    }
}
