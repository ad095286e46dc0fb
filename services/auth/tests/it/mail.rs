use std::sync::{Arc, Mutex};

use chrono::{TimeDelta, Utc};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{
    mail_folder::Mail,
    shop::{PASSWORD, Shop},
};

/// A mail server on loopback that keeps what it gets.
#[derive(Clone, Default)]
struct MailServer(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    commands: Vec<String>,
    messages: Vec<String>,
    /// Messages to turn away for now.
    refusals: usize,
}

impl MailServer {
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                server.clone().talk(stream).await;
            }
        });
        format!("smtp://shop:s3cret@{address}")
    }

    async fn talk(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 here\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            self.0.lock().unwrap().commands.push(line.clone());
            let answer = match line.split(' ').next().unwrap_or_default() {
                "EHLO" => "250-here\r\n250 AUTH PLAIN\r\n",
                "AUTH" => "235 welcome\r\n",
                "RCPT" if self.refuses() => "451 <ada@example.com> not now\r\n",
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.unwrap();
                    let mut message = String::new();
                    while let Some(line) = lines.next_line().await.unwrap().filter(|l| l != ".") {
                        message.push_str(&line);
                        message.push_str("\r\n");
                    }
                    self.0.lock().unwrap().messages.push(message);
                    "250 kept\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 fine\r\n",
            };
            write.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    fn refuses(&self) -> bool {
        let mut kept = self.0.lock().unwrap();
        let refuses = kept.refusals > 0;
        kept.refusals = kept.refusals.saturating_sub(1);
        refuses
    }

    fn messages(&self) -> Vec<String> {
        self.0.lock().unwrap().messages.clone()
    }
}

async fn shop_with(server: &MailServer) -> Shop {
    let url = server.start().await;
    let variables = [
        ("VITRINE_MAIL_DIR", ""),
        ("VITRINE_SMTP_URL", url.as_str()),
        ("VITRINE_MAIL_FROM", "The Shop <shop@example.com>"),
    ];
    Shop::open_with(&variables).await
}

async fn waiting(shop: &Shop) -> i64 {
    sqlx::query_scalar("select count(*) from mail").fetch_one(&shop.db).await.unwrap()
}

#[tokio::test]
async fn a_mail_goes_to_the_mail_server() {
    let server = MailServer::default();
    let shop = shop_with(&server).await;
    shop.sign_up("ada@example.com").await;
    assert_eq!(waiting(&shop).await, 1);
    auth::deliver_due(&shop.app, Utc::now()).await.unwrap();
    assert_eq!(waiting(&shop).await, 0);
    let messages = server.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].contains("From: \"The Shop\" <shop@example.com>\r\n"), "{}", messages[0]);
    let mail = Mail::parse(&messages[0]);
    assert_eq!(mail.to, "ada@example.com");
    let proof = json!({ "token": mail.token("verify-email") });
    shop.client.post("/v1/email-verifications/complete", proof).await.assert_status(204);
    let commands = server.0.lock().unwrap().commands.clone();
    assert!(commands.iter().any(|line| line.starts_with("AUTH PLAIN ")), "{commands:?}");
    assert!(commands.contains(&"RCPT TO:<ada@example.com>".to_owned()), "{commands:?}");
}

#[tokio::test]
async fn a_mail_that_is_turned_away_comes_again_with_a_new_link() {
    let server = MailServer::default();
    let shop = shop_with(&server).await;
    server.0.lock().unwrap().refusals = 2;
    shop.sign_up("ada@example.com").await;
    let now = Utc::now();
    for (minutes, sent, left) in [(0, 0, 1), (1, 0, 1), (2, 0, 1), (3, 1, 0)] {
        let later = now + TimeDelta::minutes(minutes) + TimeDelta::seconds(1);
        auth::deliver_due(&shop.app, later).await.unwrap();
        assert_eq!((server.messages().len(), waiting(&shop).await), (sent, left), "{minutes}");
    }
    let links: i64 = sqlx::query_scalar("select count(*) from one_time_token")
        .fetch_one(&shop.db)
        .await
        .unwrap();
    assert_eq!(links, 3);
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_for_a_day_is_given_up() {
    let shop = Shop::open_with(&[
        ("VITRINE_MAIL_DIR", ""),
        // Nobody listens there.
        ("VITRINE_SMTP_URL", "smtp://127.0.0.1:1"),
        ("VITRINE_MAIL_FROM", "shop@example.com"),
    ])
    .await;
    shop.sign_up("ada@example.com").await;
    let now = Utc::now();
    auth::deliver_due(&shop.app, now).await.unwrap();
    assert_eq!(waiting(&shop).await, 1);
    auth::deliver_due(&shop.app, now + TimeDelta::hours(25)).await.unwrap();
    assert_eq!(waiting(&shop).await, 0);
}

#[tokio::test]
async fn replicas_send_each_mail_once() {
    let server = MailServer::default();
    let shop = shop_with(&server).await;
    for number in 0..8 {
        shop.sign_up(&format!("ada{number}@example.com")).await;
    }
    let now = Utc::now();
    let replicas = (0..4).map(|_| auth::deliver_due(&shop.app, now));
    for done in futures::future::join_all(replicas).await {
        done.unwrap();
    }
    let mut to: Vec<_> = server.messages().iter().map(|text| Mail::parse(text).to).collect();
    to.sort();
    to.dedup();
    assert_eq!((to.len(), server.messages().len()), (8, 8));
}

#[tokio::test]
async fn a_registration_that_fails_sends_no_mail() {
    let shop = Shop::open().await;
    shop.sign_up("ada@example.com").await;
    let new = json!({ "email": "ada@example.com", "password": PASSWORD });
    shop.client.post("/v1/customers", new).await.assert_problem(409, "email_taken");
    assert_eq!(shop.mails().await.len(), 1);
}
