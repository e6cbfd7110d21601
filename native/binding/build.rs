//! Links the binding to Node.

fn main() {
    napi_build::setup();
}
