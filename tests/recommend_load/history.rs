//! A shop that was made up: its products, and what people did with them for a year.

use serde_json::{Value, json};

const COLORS: [&str; 8] = ["red", "blue", "green", "black", "white", "grey", "brown", "yellow"];
/// Products of a kind: what is bought and viewed together is mostly of one.
const KIND: u32 = 50;
const YEAR: u64 = 365 * 86_400;

/// Its size.
pub(crate) struct Shop {
    pub products: u32,
    pub orders: u32,
}

impl Shop {
    /// Statements that put the products into the service's schema.
    pub(crate) fn products_as_sql(&self) -> Vec<String> {
        let colors = COLORS.map(|color| format!("'{color}'")).join(",");
        vec![
            format!(
                "insert into recommendation.product (product_id, name, brand, categories, features,
                     skus, price, published, xact_id)
                 select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
                     'Product ' || n / {KIND} || ' of ' || (array[{colors}])[n % 8 + 1],
                     'brand-' || n % 97, array['all', 'kind-' || n / {KIND}],
                     array['color=' || (array[{colors}])[n % 8 + 1]], array['sku-' || n],
                     500 + n % 1000 * 10, true, pg_current_xact_id()
                 from generate_series(0, {} - 1) as n",
                self.products
            ),
            "insert into recommendation.product_sku select skus[1], product_id
             from recommendation.product"
                .to_owned(),
        ]
    }

    /// Lines of an import, oldest first.
    pub(crate) fn history(&self) -> impl Iterator<Item = Value> {
        let mut random = fastrand::Rng::with_seed(7);
        let mut lines = Vec::new();
        for number in 0..self.orders {
            let at = 1_730_000_000 + u64::from(number) * YEAR / u64::from(self.orders);
            let customer = random.u32(..self.orders / 5 + 1);
            let kind = self.popular(&mut random) / KIND;
            for _ in 0..random.u32(2..=6) {
                lines.push(json!({
                    "type": "purchase", "order": format!("order-{number}"), "at": at,
                    "customer": format!("customer-{customer}"), "sku": self.near(kind, &mut random),
                }));
            }
            let kind = self.popular(&mut random) / KIND;
            for _ in 0..random.u32(2..=6) {
                lines.push(json!({
                    "type": "view", "session": format!("visit-{number}"), "at": at,
                    "sku": self.near(kind, &mut random),
                }));
            }
        }
        lines.into_iter()
    }

    /// Surfaces, and the beginnings of requests for them.
    pub(crate) fn questions(&self) -> [(&'static str, &'static str); 5] {
        [
            ("similar", "/v1/recommendations/similar?product="),
            ("bought-together", "/v1/recommendations/bought-together?product="),
            ("cart", "/v1/recommendations/cart?products="),
            ("session", "/v1/recommendations/session?products="),
            ("trending", "/v1/recommendations/trending?category="),
        ]
    }

    /// What the request of this number is about.
    pub(crate) fn asked(&self, surface: &str, number: usize) -> String {
        let mut random = fastrand::Rng::with_seed(number as u64);
        let kind = self.popular(&mut random) / KIND;
        match surface {
            "trending" => "all".to_owned(),
            "similar" | "bought-together" => self.near(kind, &mut random),
            _ => [(); 4].map(|()| self.near(kind, &mut random)).join(","),
        }
    }

    /// A product; few are popular.
    fn popular(&self, random: &mut fastrand::Rng) -> u32 {
        let share = random.f64();
        ((share * share * share) * f64::from(self.products)) as u32
    }

    /// A product of the kind, or one time in ten any other.
    fn near(&self, kind: u32, random: &mut fastrand::Rng) -> String {
        let number = match random.u32(..10) {
            0 => self.popular(random),
            _ => kind * KIND + random.u32(..KIND),
        };
        format!("sku-{}", number.min(self.products - 1))
    }
}
