//! One list of headers: what the console sends and reads, what the configurations and the simulated proxy
//! let pass, and what is written of it are the same.

use std::fs;

use relight_core::clouds::headers::{
    action_headers, answer_headers, exposed_headers, request_headers,
};
use relight_proxy_check::{rules::Server, servers};
use relight_sandbox::proxy::{ANSWER_HEADERS, REQUEST_HEADERS};

const FILES: [(Server, &str); 5] = [
    (Server::Nginx, "relight.conf"),
    (Server::Caddy, "Caddyfile"),
    (Server::Haproxy, "haproxy.cfg"),
    (Server::Envoy, "envoy.yaml"),
    (Server::Worker, "worker.js"),
];

fn text_of(server: Server, file: &str) -> String {
    fs::read_to_string(servers::configuration(server).join(file)).unwrap()
}

/// The names as the text has them in a row: without quotes, brackets, bars and line ends.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

fn times(text: &str, names: &[&str]) -> usize {
    words(text).windows(names.len()).filter(|window| *window == names).count()
}

#[test]
fn the_simulated_proxy_has_the_list() {
    assert_eq!(REQUEST_HEADERS.as_slice(), request_headers());
    assert_eq!(ANSWER_HEADERS.as_slice(), answer_headers());
}

#[test]
fn every_configuration_allows_the_list() {
    for (server, file) in FILES {
        let text = text_of(server, file);
        assert_eq!(times(&text, &request_headers()), 1, "{file}: what a page may send");
        let exposed = format!("{} ", exposed_headers().join(", "));
        let found = text.to_ascii_lowercase().replace('"', " ").contains(&exposed);
        assert!(found, "{file}: what a page may read is not {exposed}");
    }
}

/// Nginx and Caddy name each header once more where they send it on, HAProxy has a pattern.
#[test]
fn every_configuration_forwards_the_listed_headers() {
    let list = request_headers();
    let of_line = |file: &str, text: &str| -> Vec<String> {
        let begins = if file == "Caddyfile" { "import relight_keep " } else { "proxy_set_header " };
        text.lines()
            .map(str::trim)
            .filter_map(|line| {
                line.strip_prefix(begins)?
                    .split(' ')
                    .find(|word| word.starts_with(char::is_uppercase))
            })
            .map(str::to_ascii_lowercase)
            .filter(|name| list.contains(&name.as_str()))
            .collect()
    };
    let caddy = of_line("Caddyfile", &text_of(Server::Caddy, "Caddyfile"));
    assert_eq!(caddy, list);
    let mut nginx = of_line("relight.conf", &text_of(Server::Nginx, "relight.conf"));
    nginx.sort_unstable();
    nginx.dedup();
    let mut sorted = list.clone();
    sorted.sort_unstable();
    assert_eq!(nginx, sorted);
    let haproxy = text_of(Server::Haproxy, "haproxy.cfg");
    let pattern = haproxy
        .lines()
        .find_map(|line| line.split_once("http-request del-header ^(?!(?i)(host|content-length|"))
        .and_then(|(_, rest)| rest.split_once(")$) -m reg"))
        .map(|(pattern, _)| expanded(pattern))
        .unwrap();
    assert_eq!(pattern, list);
}

/// `a|x-(b|c)` is `a`, `x-b`, `x-c`.
fn expanded(pattern: &str) -> Vec<String> {
    let (mut names, mut head, mut name) = (Vec::new(), String::new(), String::new());
    for c in pattern.chars().chain(['|']) {
        match c {
            '(' => head = std::mem::take(&mut name),
            '|' | ')' => {
                if !name.is_empty() {
                    names.push(format!("{head}{}", std::mem::take(&mut name)));
                }
                if c == ')' {
                    head.clear();
                }
            }
            _ => name.push(c),
        }
    }
    names
}

#[test]
fn the_documentation_has_the_list() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/proxy.md");
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(times(&text, &request_headers()), 1);
    assert_eq!(times(&text, &exposed_headers()), 1);
    let actions: Vec<&str> = action_headers().collect();
    assert_eq!(times(&text, &actions), 1);
    for (server, file) in FILES {
        for action in &actions {
            assert!(text_of(server, file).to_ascii_lowercase().contains(action), "{file} {action}");
        }
    }
}
