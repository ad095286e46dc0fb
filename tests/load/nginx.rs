//! The proxied path: the gateway beside nginx in front of the same service, and the service itself.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use load::{
    System,
    engine::{Outcome, Plan, Requests, Spec, run_closed},
    free_port, scratch_folder,
};
use tokio::net::TcpStream;

use crate::summary::Row;

/// Throughput of one small read past and through each proxy.
pub(crate) async fn compare(system: &System, plan: Plan) -> Result<Vec<Row>> {
    let requests =
        Requests { list: vec![Spec::get("/v1/products/by-sku/KETTLE".to_owned())], repeat: true };
    let catalog = system.service_url("catalog");
    let mut rows = vec![row("catalog itself", run_closed(&catalog, &requests, plan).await?)];
    rows.push(row("through the gateway", run_closed(&system.url(), &requests, plan).await?));
    match Nginx::start(&catalog).await? {
        Some(nginx) => {
            rows.push(row("through nginx", run_closed(&nginx.url(), &requests, plan).await?));
        }
        None => eprintln!("nginx is not installed: no comparison with it"),
    }
    Ok(rows)
}

fn row(name: &'static str, closed: Outcome) -> Row {
    Row { name, closed, open: None, handler: None, database: None }
}

struct Nginx {
    child: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl Nginx {
    async fn start(upstream: &str) -> Result<Option<Self>> {
        if Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_err() {
            return Ok(None);
        }
        let folder = scratch_folder("nginx")?;
        let address = free_port()?;
        let upstream = upstream.trim_start_matches("http://");
        let path = folder.join("nginx.conf");
        fs::write(&path, configuration(&folder.display().to_string(), address, upstream))?;
        let child = Command::new("nginx")
            .args(["-p".as_ref(), folder.as_os_str(), "-c".as_ref(), path.as_os_str()])
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start nginx")?;
        let nginx = Self { child, address, folder };
        for _ in 0..100 {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(Some(nginx));
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        anyhow::bail!("nginx does not listen")
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with the master, which is asked to.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn configuration(folder: &str, address: SocketAddr, upstream: &str) -> String {
    format!(
        "daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 2;
         events {{ worker_connections 4096; }}
         http {{
             access_log off;
             client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
             fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
             keepalive_requests 1000000;
             upstream catalog {{ server {upstream}; keepalive 128; }}
             server {{
                 listen {address};
                 location / {{
                     proxy_pass http://catalog; proxy_http_version 1.1;
                     proxy_set_header Connection \"\"; proxy_set_header Host $host;
                 }}
             }}
         }}"
    )
}
