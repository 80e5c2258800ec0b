//! A mail server that accepts connections without responding until it is enabled, and then accepts mail.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// A server on a free port.
#[derive(Clone)]
pub struct MailServer {
    /// The URL, `smtp://host:port`.
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    works: AtomicBool,
    calls: AtomicUsize,
    mails: Mutex<Vec<String>>,
}

impl MailServer {
    /// Starts a server that accepts connections and does not respond.
    pub async fn silent() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { url: format!("smtp://{}", listener.local_addr().unwrap()), state: Arc::default() };
        let state = server.state.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                state.calls.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(socket, state.clone()));
            }
        });
        server
    }

    /// Enables responses from now on.
    pub fn work(&self) {
        self.state.works.store(true, Ordering::SeqCst);
    }

    /// Number of calls.
    pub fn calls(&self) -> usize {
        self.state.calls.load(Ordering::SeqCst)
    }

    /// The accepted mails.
    pub fn mails(&self) -> Vec<String> {
        self.state.mails.lock().unwrap().clone()
    }
}

async fn answer(socket: TcpStream, state: Arc<State>) {
    let (reader, mut writer) = socket.into_split();
    let mut lines = BufReader::new(reader).lines();
    if !state.works.load(Ordering::SeqCst) {
        // Holds the connection until the client goes away.
        while let Ok(Some(_)) = lines.next_line().await {}
        return;
    }
    let mut say = async |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).await.is_ok();
    say("220 test").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let command = line.to_ascii_uppercase();
        if command.starts_with("DATA") {
            say("354 go on").await;
            let mut mail = String::new();
            while let Ok(Some(line)) = lines.next_line().await {
                if line == "." {
                    break;
                }
                mail.push_str(&line);
                mail.push('\n');
            }
            state.mails.lock().unwrap().push(mail);
        }
        let reply = if command.starts_with("QUIT") { "221 bye" } else { "250 ok" };
        if !say(reply).await {
            return;
        }
    }
}
