//! Measures the management side of the catalog on a generated catalog of any size, through the gateway,
//! beside `COPY` of the same rows: bulk writes with everything that hangs on them, pages near and far,
//! filters on values, completeness after a change. What counts are the ratios; the absolute figures are
//! those of this machine.

mod catalog;
mod reads;
mod writes;

use anyhow::Result;
use clap::Parser;
use load::{System, statements};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use self::catalog::Catalog;

/// Measures the management of a large catalog.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Options {
    /// Products. Akeneo's audited catalogs have 5,000, 50,000 and 1,000,000.
    #[arg(long, default_value_t = 200_000)]
    products: u64,
    /// Values of each product, about.
    #[arg(long, default_value_t = 50)]
    values: usize,
    /// Attributes of the catalog.
    #[arg(long, default_value_t = 400)]
    attributes: usize,
    /// Families.
    #[arg(long, default_value_t = 50)]
    families: usize,
    /// Categories.
    #[arg(long, default_value_t = 2_000)]
    categories: usize,
    /// Share of products that are complete: these are projected for the shop, eight documents each.
    #[arg(long, default_value_t = 0.9)]
    complete: f64,
    /// Bulk requests at a time.
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// Requests of each read that is measured.
    #[arg(long, default_value_t = 50)]
    reads: usize,
    /// Only tells which statements of PostgreSQL the making of a product consists of, so many of the
    /// costliest. Needs the extension `pg_stat_statements`.
    #[arg(long)]
    statements: Option<i64>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    eprintln!("Starting the system.");
    let mut system = System::start_durable(&[]).await?;
    if options.statements.is_some() {
        statements::count(&mut system).await?;
    }
    let catalog = Catalog::new(&options);
    eprintln!("Structure.");
    catalog.fill_structure(&system.staff().await?).await?;
    eprintln!("{} products.", options.products);
    if let Some(limit) = options.statements {
        statements::reset(&system).await?;
        writes::create(&system, &catalog, &options).await?;
        let products = usize::try_from(options.products)?;
        return statements::print(&system, "a product", products, limit).await;
    }
    writes::measure(&system, &catalog, &options).await?.print();
    eprintln!("Reads.");
    reads::measure(&system, &catalog, &options).await?.print();
    Ok(())
}

/// A connection to the catalog's schema, past the service.
pub(crate) async fn connect(system: &System) -> Result<PgConnection> {
    let options: PgConnectOptions = system.database_url("catalog").parse()?;
    Ok(PgConnection::connect_with(&options.options([("search_path", "catalog")])).await?)
}
