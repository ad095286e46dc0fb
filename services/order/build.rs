//! A new migration file is a reason to build again.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/orders");
}
