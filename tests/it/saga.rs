//! Order, payment and provider as one state machine under random interleavings: steps in any order, lost
//! and late answers, events that come late, twice and out of order, and processes that end between any
//! two steps. What decides are the services' own rules; what is modelled is only what is durable.

use std::env;

use chrono::DateTime;
use contracts::payment::{Payment, PaymentStatus};
use fastrand::Rng;
use order::saga::{Move, OrderStatus, Situation, decide};
use payment::saga::{AttemptStatus, ChargeStatus, Intent, check_confirmable};
use types::{CurrencyCode, Money};
use uuid::Uuid;

const TOTAL: i64 = 100;
/// Interleavings of the ordinary run; `SAGA_RUNS` sets another number.
const RUNS: u64 = 30_000;
const STEPS: usize = 40;

/// A charge at the provider, under the id of its attempt.
#[derive(Clone, Copy)]
struct Charge {
    status: ChargeStatus,
    refunded: i64,
}

struct Attempt {
    status: AttemptStatus,
    charge: Option<Charge>,
    wish: u32,
}

/// An order with its payment, and every state of it that was ever published.
struct Sale {
    status: OrderStatus,
    payment_status: &'static str,
    known_version: i64,
    paid: i64,
    refunded: i64,
    wants_void: bool,
    owes: i64,
    open_wish: Option<u32>,
    wishes: u32,
    is_expired: bool,
    held: bool,
    allocated: bool,
    has_coupon: bool,
    intent: Intent,
    attempts: Vec<Attempt>,
    /// A refund that was written and may have reached the provider.
    refunding: Option<i64>,
    published: Vec<Payment>,
}

struct World {
    sales: Vec<Sale>,
    free: i64,
    coupons: i64,
}

fn is_open(status: AttemptStatus) -> bool {
    use AttemptStatus::{Pending, RequiresAction, Sent, Unknown};
    matches!(status, Sent | Unknown | RequiresAction | Pending)
}

impl Sale {
    fn new() -> Self {
        let intent = Intent {
            payment_id: Uuid::nil(),
            version: 0,
            order_id: Uuid::nil(),
            amount: TOTAL,
            currency: CurrencyCode::parse("EUR").unwrap(),
            captures_later: false,
            skus: Vec::new(),
            amount_authorized: 0,
            amount_capturing: 0,
            amount_captured: 0,
            amount_released: 0,
            amount_refunding: 0,
            amount_refunded: 0,
            is_canceled: false,
            is_voiding: false,
            attempt_id: None,
            attempt_status: None,
            last_error: None,
            action_url: None,
            created_at: DateTime::UNIX_EPOCH,
            country: None,
        };
        Self {
            status: OrderStatus::Pending,
            payment_status: "pending",
            known_version: 0,
            paid: 0,
            refunded: 0,
            wants_void: false,
            owes: 0,
            open_wish: Some(1),
            wishes: 1,
            is_expired: false,
            held: true,
            allocated: false,
            has_coupon: true,
            intent,
            attempts: Vec::new(),
            refunding: None,
            published: Vec::new(),
        }
    }

    fn publish(&mut self) {
        self.intent.version += 1;
        self.published.push(self.intent.to_payment());
    }

    /// The payment service takes a wish: an attempt is written before the provider is called.
    fn confirm(&mut self, wish: u32) {
        if self.attempts.iter().any(|attempt| attempt.wish == wish) {
            return;
        }
        if self.intent.status() == PaymentStatus::RequiresAction {
            let last = self.attempts.len() - 1;
            self.cancel_charge(last);
        }
        if check_confirmable(&self.intent).is_ok() {
            self.attempts.push(Attempt { status: AttemptStatus::Sent, charge: None, wish });
            self.intent.attempt_status = Some(AttemptStatus::Sent);
            self.intent.last_error = None;
            self.publish();
        }
    }

    /// The provider does what it was asked, however late, once for the id.
    fn charge(&mut self, index: usize, status: ChargeStatus) {
        let charge = &mut self.attempts[index].charge;
        charge.get_or_insert(Charge { status, refunded: 0 });
    }

    /// A charge that waits goes on by itself or by the customer.
    fn decide_charge(&mut self, index: usize, status: ChargeStatus) {
        if let Some(charge) = &mut self.attempts[index].charge
            && matches!(charge.status, ChargeStatus::RequiresAction | ChargeStatus::Pending)
        {
            charge.status = status;
        }
    }

    /// The provider gives up what is not taken, and refuses the id from then on.
    fn cancel_charge(&mut self, index: usize) {
        self.charge(index, ChargeStatus::Canceled);
        if self.attempts[index].charge.unwrap().status == ChargeStatus::RequiresAction {
            self.attempts[index].charge.as_mut().unwrap().status = ChargeStatus::Canceled;
        }
        self.settle(index);
    }

    /// What is known of the charge takes effect, from whatever source.
    fn settle(&mut self, index: usize) {
        let Some(charge) = self.attempts[index].charge else { return };
        if let Some(next) = self.attempts[index].status.after(charge.status) {
            self.move_attempt(index, next);
        }
    }

    /// The answer was lost.
    fn lose_answer(&mut self, index: usize) {
        if self.attempts[index].status == AttemptStatus::Sent {
            self.move_attempt(index, AttemptStatus::Unknown);
        }
    }

    fn move_attempt(&mut self, index: usize, next: AttemptStatus) {
        assert!(is_open(self.attempts[index].status), "a final attempt moved");
        self.attempts[index].status = next;
        if index + 1 == self.attempts.len() {
            self.intent.attempt_status = Some(next);
            let failed = matches!(
                next,
                AttemptStatus::Declined | AttemptStatus::Failed | AttemptStatus::Canceled
            );
            self.intent.last_error = failed.then(|| "declined".to_owned());
        }
        if next == AttemptStatus::Captured {
            self.intent.amount_authorized += TOTAL;
            self.intent.amount_captured += TOTAL;
        }
        self.publish();
    }

    /// The resolver compares with the provider; no charge there: it is refused for ever.
    fn resolve(&mut self, index: usize) {
        if !is_open(self.attempts[index].status) {
            return;
        }
        match self.attempts[index].charge {
            None => self.cancel_charge(index),
            Some(_) => self.settle(index),
        }
    }

    /// `POST /v1/payments/{id}/cancel`.
    fn cancel_payment(&mut self) {
        match self.intent.status() {
            PaymentStatus::RequiresPaymentMethod => {
                self.intent.is_canceled = true;
                self.publish();
            }
            PaymentStatus::RequiresAction => {
                let last = self.attempts.len() - 1;
                self.cancel_charge(last);
                if self.attempts[last].status == AttemptStatus::Canceled {
                    self.intent.is_canceled = true;
                    self.publish();
                }
            }
            _ => {}
        }
    }

    /// A refund is written, under the id of the order's debt: once.
    fn begin_refund(&mut self) {
        let refundable = self.intent.amount_captured
            - self.intent.amount_refunded
            - self.intent.amount_refunding;
        if self.owes > 0 && self.refunding.is_none() && refundable >= self.owes {
            self.refunding = Some(self.owes);
            self.intent.amount_refunding += self.owes;
            self.publish();
        }
    }

    fn finish_refund(&mut self) {
        let Some(amount) = self.refunding.take() else { return };
        let charge = self.attempts.iter_mut().filter_map(|it| it.charge.as_mut());
        let charge = charge.into_iter().find(|charge| charge.status == ChargeStatus::Captured);
        charge.unwrap().refunded += amount;
        self.intent.amount_refunding -= amount;
        self.intent.amount_refunded += amount;
        self.owes = 0;
        self.publish();
    }
}

impl World {
    fn new(units: i64) -> Self {
        let mut world = Self { sales: Vec::new(), free: units, coupons: 0 };
        for _ in 0..2 {
            if world.free > 0 {
                world.free -= 1;
                world.coupons += 1;
                world.sales.push(Sale::new());
            }
        }
        world
    }

    fn end(&mut self, index: usize, status: OrderStatus) {
        let sale = &mut self.sales[index];
        sale.open_wish = None;
        self.free += i64::from(sale.held) + i64::from(sale.allocated);
        self.coupons -= i64::from(sale.has_coupon);
        (sale.held, sale.allocated, sale.has_coupon) = (false, false, false);
        sale.wants_void = sale.payment_status != "cancelled" && sale.paid == 0;
        sale.status = status;
    }

    /// An order learns of a state of its payment: as `order::advance` does.
    fn advance(&mut self, index: usize, payment: &Payment) {
        let sale = &mut self.sales[index];
        if payment.version < sale.known_version {
            return;
        }
        let total = Money::new(TOTAL, sale.intent.currency.clone());
        let situation = Situation {
            status: sale.status,
            total: &total,
            is_expired: sale.is_expired,
            refunded: sale.refunded,
        };
        let step = decide(&situation, payment);
        sale.known_version = payment.version;
        sale.payment_status = order::saga::payment_status(payment);
        sale.paid = sale.paid.max(payment.amount_captured);
        if payment.status != PaymentStatus::RequiresPaymentMethod {
            sale.open_wish = None;
        } else if sale.open_wish.is_some() {
            sale.payment_status = "pending";
        }
        if matches!(payment.status, PaymentStatus::Canceled | PaymentStatus::Succeeded) {
            sale.wants_void = false;
        }
        match step {
            Move::Stay => {}
            Move::Confirm | Move::ConfirmLate => self.confirm(index, step),
            Move::GiveBack => self.owe(index),
            Move::Void => self.sales[index].wants_void = true,
            Move::End(status) => self.end(index, status),
            Move::Mismatch => panic!("what was paid is what was agreed"),
        }
    }

    fn confirm(&mut self, index: usize, step: Move) {
        let sale = &mut self.sales[index];
        if !sale.held && self.free == 0 {
            if step == Move::Confirm {
                self.end(index, OrderStatus::Cancelled);
            }
            return self.owe(index);
        }
        if !sale.held {
            self.free -= 1;
        }
        if !sale.has_coupon {
            self.coupons += 1;
        }
        (sale.held, sale.allocated, sale.has_coupon) = (false, true, true);
        (sale.status, sale.wants_void) = (OrderStatus::Confirmed, false);
    }

    fn owe(&mut self, index: usize) {
        let sale = &mut self.sales[index];
        let rest = sale.paid - sale.refunded;
        if rest > 0 {
            sale.owes += rest;
            sale.refunded += rest;
        }
    }

    /// The answer of the payment service to who drives the order.
    fn tell(&mut self, index: usize) {
        let payment = self.sales[index].intent.to_payment();
        if payment.version == 0 {
            return;
        }
        self.advance(index, &payment);
        let sale = &mut self.sales[index];
        let was_tried =
            sale.open_wish.is_some_and(|wish| sale.attempts.iter().any(|it| it.wish == wish));
        if payment.status == PaymentStatus::RequiresPaymentMethod && was_tried {
            sale.open_wish = None;
            sale.payment_status = "failed";
        }
    }

    /// One step of whoever comes next. Ending between two steps is never doing the second.
    fn step(&mut self, rng: &mut Rng) {
        let index = rng.usize(..self.sales.len());
        let sale = &mut self.sales[index];
        let attempt = (!sale.attempts.is_empty()).then(|| rng.usize(..sale.attempts.len()));
        match rng.u8(..20) {
            0..=2 => {
                if let (Some(wish), OrderStatus::Pending) = (sale.open_wish, sale.status) {
                    sale.confirm(wish);
                }
            }
            3..=5 => {
                const FIRST: [ChargeStatus; 5] = [
                    ChargeStatus::Captured,
                    ChargeStatus::Captured,
                    ChargeStatus::Declined,
                    ChargeStatus::RequiresAction,
                    ChargeStatus::Pending,
                ];
                if let Some(attempt) = attempt {
                    sale.charge(attempt, FIRST[rng.usize(..FIRST.len())]);
                }
            }
            6 => {
                if let Some(attempt) = attempt {
                    let approved = rng.bool();
                    sale.decide_charge(
                        attempt,
                        if approved { ChargeStatus::Captured } else { ChargeStatus::Declined },
                    );
                }
            }
            7 | 8 => attempt.into_iter().for_each(|attempt| sale.settle(attempt)),
            9 => attempt.into_iter().for_each(|attempt| sale.lose_answer(attempt)),
            10 => attempt.into_iter().for_each(|attempt| sale.resolve(attempt)),
            11..=13 => {
                if !sale.published.is_empty() {
                    let event = sale.published[rng.usize(..sale.published.len())].clone();
                    self.advance(index, &event);
                }
            }
            14 => self.tell(index),
            15 => {
                let again = matches!(sale.payment_status, "failed" | "requires_action");
                if sale.status == OrderStatus::Pending && sale.open_wish.is_none() && again {
                    sale.wishes += 1;
                    sale.open_wish = Some(sale.wishes);
                    sale.payment_status = "pending";
                }
            }
            16 => {
                // Time passes; somebody else may take the unit.
                sale.is_expired = true;
                if sale.held && rng.bool() {
                    sale.held = false;
                    self.free += 1;
                }
            }
            17 => self.work(index),
            18 => {
                if rng.u8(..4) == 0
                    && matches!(sale.status, OrderStatus::Pending | OrderStatus::Confirmed)
                {
                    self.end(index, OrderStatus::Cancelled);
                    self.owe(index);
                }
            }
            _ => {
                if sale.is_expired && sale.status == OrderStatus::Pending && rng.u8(..4) == 0 {
                    self.end(index, OrderStatus::Expired);
                    self.sales[index].wants_void = true;
                }
            }
        }
    }

    /// The background.
    fn work(&mut self, index: usize) {
        let sale = &mut self.sales[index];
        let is_late =
            sale.status == OrderStatus::Pending && sale.is_expired && sale.open_wish.is_none();
        if sale.wants_void || is_late {
            sale.cancel_payment();
            self.tell(index);
            self.sales[index].wants_void &=
                self.sales[index].intent.status() != PaymentStatus::Canceled;
        }
        let sale = &mut self.sales[index];
        sale.begin_refund();
        sale.finish_refund();
    }

    fn check(&self, units: i64) {
        let mut kept = 0;
        for sale in &self.sales {
            let open = sale.attempts.iter().filter(|it| is_open(it.status)).count();
            assert!(open <= 1, "two attempts are open");
            let charges = sale.attempts.iter().filter_map(|it| it.charge);
            let live = charges
                .filter(|it| it.status == ChargeStatus::Captured && it.refunded < TOTAL)
                .count();
            assert!(live <= 1, "charged twice");
            assert!(sale.refunded <= sale.paid, "more is given back than was paid");
            kept += i64::from(sale.held) + i64::from(sale.allocated);
            if sale.status == OrderStatus::Confirmed {
                assert!(sale.paid == TOTAL && sale.allocated, "confirmed without money or goods");
            }
        }
        assert!(self.free >= 0 && self.free + kept == units, "units came or went");
        let with_coupon = self.sales.iter().filter(|sale| sale.has_coupon).count();
        assert_eq!(self.coupons, i64::try_from(with_coupon).unwrap(), "uses came or went");
    }

    /// Everybody does what is left to do, until nothing is.
    fn come_to_rest(&mut self, units: i64) {
        for _ in 0..8 {
            for index in 0..self.sales.len() {
                let sale = &mut self.sales[index];
                sale.is_expired = true;
                if let (Some(wish), OrderStatus::Pending) = (sale.open_wish, sale.status) {
                    sale.confirm(wish);
                }
                for attempt in 0..sale.attempts.len() {
                    sale.decide_charge(attempt, ChargeStatus::Captured);
                    sale.resolve(attempt);
                }
                self.tell(index);
                self.work(index);
                self.tell(index);
                self.check(units);
            }
        }
        for sale in &self.sales {
            let charges = sale.attempts.iter().filter_map(|attempt| attempt.charge);
            let taken: i64 = charges
                .filter(|charge| charge.status == ChargeStatus::Captured)
                .map(|charge| TOTAL - charge.refunded)
                .sum();
            let due = match sale.status {
                OrderStatus::Confirmed => TOTAL,
                OrderStatus::Cancelled | OrderStatus::Expired => 0,
                waits => panic!("the order is {waits:?} for ever"),
            };
            assert_eq!(taken, due, "money of an order that is {:?}", sale.status);
            assert!(!sale.held && sale.allocated == (due > 0) && !sale.wants_void);
            assert_eq!(sale.has_coupon, due > 0, "a coupon of an order that is {:?}", sale.status);
        }
    }
}

#[test]
fn no_interleaving_sells_twice_charges_twice_or_loses_an_order() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("SAGA_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("SAGA_SEED={seed}");
    for run in 0..number("SAGA_RUNS").unwrap_or(RUNS) {
        let mut rng = Rng::with_seed(seed.wrapping_add(run));
        let units = rng.i64(1..=3);
        let mut world = World::new(units);
        for _ in 0..STEPS {
            let before: Vec<_> =
                world.sales.iter().map(|it| (it.status, it.known_version)).collect();
            world.step(&mut rng);
            world.check(units);
            for ((status, version), sale) in before.iter().zip(&world.sales) {
                assert!(sale.known_version >= *version, "an older state took effect, run {run}");
                let moved = match status {
                    OrderStatus::Cancelled => sale.status == OrderStatus::Cancelled,
                    OrderStatus::Confirmed => sale.status != OrderStatus::Pending,
                    OrderStatus::Expired => {
                        matches!(sale.status, OrderStatus::Expired | OrderStatus::Confirmed)
                    }
                    _ => true,
                };
                assert!(moved, "an order went back from {status:?}, run {run}");
            }
        }
        world.come_to_rest(units);
    }
}
