//! Prints what an open flow costs in bytes, before what it allocates.
fn main() {
    println!("Flow {}", size_of::<lookback_flow::flow::Flow>());
    println!("Session {}", size_of::<lookback_session::Session>());
    println!("TcpState {}", size_of::<lookback_flow::tcp::TcpState>());
    println!("Value {}", size_of::<lookback_session::Value>());
}
