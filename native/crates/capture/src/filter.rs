//! BPF filters. The expression language is libpcap's (pcap-filter(7)); its compiler is used where the library is
//! installed, and looked for only when a filter is set.
#![allow(unsafe_code, reason = "calls libpcap, which is loaded at run time")]

use crate::source::SourceError;
use libloading::{Library, Symbol};
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};

/// Names under which Linux systems have libpcap.
const LIBRARIES: [&str; 3] = ["libpcap.so.1", "libpcap.so.0.8", "libpcap.so"];
/// Instructions of the longest program that the kernel takes (`BPF_MAXINSNS`).
const MOST_INSTRUCTIONS: usize = 4096;
/// Characters of an expression.
const LONGEST_EXPRESSION: usize = 65_536;

/// An instruction of classic BPF.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Operation.
    pub code: u16,
    /// Instructions to skip when a test is true.
    pub jump_true: u8,
    /// The same when it is false.
    pub jump_false: u8,
    /// Operand.
    pub k: u32,
}

/// A compiled filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    instructions: Vec<Instruction>,
}

/// `struct bpf_program` of libpcap.
#[repr(C)]
struct PcapProgram {
    length: c_uint,
    instructions: *mut Instruction,
}

type OpenDead = unsafe extern "C" fn(c_int, c_int) -> *mut c_void;
type Compile = unsafe extern "C" fn(*mut c_void, *mut PcapProgram, *const c_char, c_int, u32) -> c_int;
type ErrorText = unsafe extern "C" fn(*mut c_void) -> *mut c_char;
type FreeCode = unsafe extern "C" fn(*mut PcapProgram);
type Close = unsafe extern "C" fn(*mut c_void);

/// Snap length for a filter that is to refuse no packet by its length; libpcap takes none above.
pub const WHOLE: u32 = 262_144;

impl Program {
    /// Compiles the expression of a setting; none when it is empty, and so accepts every packet.
    ///
    /// # Errors
    /// As [`Program::compile`].
    pub fn of_setting(expression: &str, link_type: u16, snaplen: u32) -> Result<Option<Self>, SourceError> {
        match expression.trim() {
            "" => Ok(None),
            expression => Self::compile(expression, link_type, snaplen).map(Some),
        }
    }

    /// Compiles an expression for packets of a link type.
    ///
    /// # Errors
    /// `BadFilter` with libpcap's words, or `NoFilterCompiler` when libpcap is not installed.
    pub fn compile(expression: &str, link_type: u16, snaplen: u32) -> Result<Self, SourceError> {
        let bad = |reason: String| SourceError::BadFilter {
            expression: expression.chars().take(200).collect(),
            reason,
        };
        if expression.len() > LONGEST_EXPRESSION {
            return Err(bad(format!("longer than {LONGEST_EXPRESSION} bytes")));
        }
        let text = CString::new(expression).map_err(|_| bad("it holds a zero byte".to_owned()))?;
        let library = LIBRARIES
            .iter()
            // SAFETY: libpcap's start-up code has no preconditions.
            .find_map(|name| unsafe { Library::new(*name) }.ok())
            .ok_or(SourceError::NoFilterCompiler)?;
        let missing = |_| SourceError::NoFilterCompiler;
        // SAFETY: the signatures are those that pcap(3PCAP) documents; no symbol outlives `library`.
        let (open_dead, compile, error_text, free_code, close) = unsafe {
            let open_dead: Symbol<'_, OpenDead> = library.get(b"pcap_open_dead\0").map_err(missing)?;
            let compile: Symbol<'_, Compile> = library.get(b"pcap_compile\0").map_err(missing)?;
            let error_text: Symbol<'_, ErrorText> = library.get(b"pcap_geterr\0").map_err(missing)?;
            let free_code: Symbol<'_, FreeCode> = library.get(b"pcap_freecode\0").map_err(missing)?;
            let close: Symbol<'_, Close> = library.get(b"pcap_close\0").map_err(missing)?;
            (open_dead, compile, error_text, free_code, close)
        };
        // DLT_RAW is 12 where LINKTYPE_RAW is 101; the others that are captured have one number for both.
        let data_link = if link_type == 101 { 12 } else { c_int::from(link_type) };
        // SAFETY: the handle is closed below and used in between only; the program is copied before it is freed.
        unsafe {
            let handle = open_dead(data_link, snaplen.min(WHOLE) as c_int);
            if handle.is_null() {
                return Err(bad("libpcap is out of memory".to_owned()));
            }
            let mut program = PcapProgram { length: 0, instructions: std::ptr::null_mut() };
            const ANY_NETMASK: u32 = 0xffff_ffff;
            let result = if compile(handle, &raw mut program, text.as_ptr(), 1, ANY_NETMASK) != 0 {
                let reason = CStr::from_ptr(error_text(handle)).to_string_lossy().into_owned();
                Err(bad(reason))
            } else {
                let length = program.length as usize;
                let instructions = if program.instructions.is_null() {
                    Vec::new()
                } else {
                    std::slice::from_raw_parts(program.instructions, length).to_vec()
                };
                free_code(&raw mut program);
                if instructions.len() > MOST_INSTRUCTIONS {
                    Err(bad(format!(
                        "{} instructions; the kernel takes {MOST_INSTRUCTIONS}",
                        instructions.len()
                    )))
                } else {
                    Ok(Self { instructions })
                }
            };
            close(handle);
            result
        }
    }

    /// A program of these instructions.
    pub fn of(instructions: Vec<Instruction>) -> Self {
        Self { instructions }
    }

    /// Its instructions.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    #[test]
    fn an_expression_compiles_and_a_wrong_one_says_why() {
        match Program::compile("tcp port 80", 1, 65_535) {
            Ok(program) => assert!(program.instructions().len() > 5),
            Err(SourceError::NoFilterCompiler) => {
                eprintln!("skipped: libpcap is not installed");
                return;
            }
            Err(other) => unreachable!("{other}"),
        }
        let error = Program::compile("tcp porrt 80", 1, 65_535).unwrap_err().to_string();
        assert!(error.starts_with("bpf \"tcp porrt 80\": "), "{error}");
        assert!(Program::compile("ip\0", 1, 65_535).is_err());
    }
}
