//! The boundary to Node: plain data both ways, handles with one `close`, batches instead of packets. A panic of the
//! core ends a job, never the process.

mod directions;
mod errors;
mod import;
mod live;
mod merging;
mod places;
mod segments;
mod settings;
mod shipping;

/// Sessions are many small allocations that live long and end together: mimalloc keeps them dense and gives them back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
