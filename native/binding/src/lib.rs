//! The boundary to Node: plain data both ways, handles with one `close`, batches instead of packets. A panic of the
//! core ends a job, never the process.

mod errors;
mod import;
mod live;
mod segments;
mod settings;
