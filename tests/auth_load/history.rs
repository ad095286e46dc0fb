use std::time::Instant;

use anyhow::Result;
use load::Samples;

use crate::server::{Customer, Server};

const LOGINS: usize = 60;
const REFRESHES: usize = 600;

/// Times of a user with a long history, beside those of one without.
pub(crate) struct Times {
    sessions: i32,
    login: Pair,
    refresh: Pair,
}

#[derive(Default)]
struct Pair {
    without: Samples,
    with: Samples,
}

impl Times {
    pub(crate) fn print(&self) {
        println!("a user with {} past sessions beside one without", self.sessions);
        for (name, Pair { without, with }) in [("login", &self.login), ("refresh", &self.refresh)] {
            for share in [0.5, 0.95] {
                let (before, after) = (without.percentile_ms(share), with.percentile_ms(share));
                let percentile = share * 100.0;
                println!(
                    "  {name:<7} p{percentile:<2}  {before:>7.2} ms, {after:>7.2} ms  ratio {:.2}",
                    after / before
                );
            }
        }
    }
}

/// Both in turn, so that nothing else that changes counts.
pub(crate) async fn measure(server: &Server, sessions: i32) -> Result<Times> {
    let young = server.register("young").await?;
    let old = server.register("old").await?;
    insert_sessions(server, &old.email, sessions).await?;
    let mut login = Pair::default();
    for _ in 0..LOGINS {
        login.without.push(time_login(server, &young).await?);
        login.with.push(time_login(server, &old).await?);
    }
    let mut refresh = Pair::default();
    let (mut young, mut old) = (young.refresh_token, old.refresh_token);
    for _ in 0..REFRESHES {
        refresh.without.push(time_refresh(server, &mut young).await?);
        refresh.with.push(time_refresh(server, &mut old).await?);
    }
    Ok(Times { sessions, login: login.sorted(), refresh: refresh.sorted() })
}

impl Pair {
    fn sorted(self) -> Self {
        Self { without: Samples::join([self.without]), with: Samples::join([self.with]) }
    }
}

async fn time_login(server: &Server, customer: &Customer) -> Result<std::time::Duration> {
    let sent = Instant::now();
    server.log_in(&customer.email).await?;
    Ok(sent.elapsed())
}

async fn time_refresh(server: &Server, token: &mut String) -> Result<std::time::Duration> {
    let sent = Instant::now();
    *token = server.refresh(token).await?;
    Ok(sent.elapsed())
}

/// Sessions of the last 30 days, half of them ended and half of them live, each with a refresh token that
/// was used up in the last 7 days.
async fn insert_sessions(server: &Server, email: &str, count: i32) -> Result<()> {
    let mut connection = server.database().await?;
    sqlx::query(
        "with past as (
             select number, now() - number * interval '30 days' / $2 as at,
                 now() - number * interval '7 days' / $2 as used_at,
                 lpad(to_hex(number), 16, '0') as tail
             from generate_series(1, $2) as number
         ), opened as (
             insert into session (session_id, client_id, subject, account_id, authenticated_at,
                 methods, user_agent, address, created_at, last_used_at, expires_at, ends_at,
                 revoked_at, revoked_reason)
             select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000'
                     || tail)::uuid,
                 'storefront', account_id::text, account_id, at, '{pwd}', 'load',
                 ('10.0.' || number % 256 || '.1')::inet, at, used_at,
                 used_at + interval '30 days', at + interval '90 days',
                 case when number % 2 = 0 then used_at end,
                 case when number % 2 = 0 then 'logout' end
             from past, account where email = $1
             returning session_id
         )
         insert into refresh_token (token_id, token_hash, session_id, created_at, rotated_at,
             successor_id)
         select (lpad(to_hex((extract(epoch from used_at) * 1000)::bigint), 12, '0') || '7000'
                 || tail)::uuid,
             decode(tail, 'hex'), session_id, used_at, used_at, session_id
         from opened join past on right(replace(session_id::text, '-', ''), 16) = tail",
    )
    .bind(email)
    .bind(count)
    .execute(&mut connection)
    .await?;
    sqlx::query("analyze session, refresh_token, account").execute(&mut connection).await?;
    Ok(())
}
