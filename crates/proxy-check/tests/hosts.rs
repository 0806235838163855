//! One list of hosts: what the console signs for, what the configurations let through, and what is
//! checked are the same.

use std::{collections::BTreeSet, fs};

use relight_core::{clouds, model::plan::Target};
use relight_proxy_check::{clouds::hosts, rules::Server, servers};

/// The regions of the list below a domain, in its order.
fn regions(product: &str, domain: &str) -> Vec<&'static str> {
    let middle = |host: &'static str| host.strip_prefix(product)?.strip_suffix(domain);
    let areas = hosts().filter_map(middle).filter(|region| region.contains('-'));
    areas.collect()
}

#[test]
fn the_list_is_of_the_regions_that_the_console_knows() {
    let mut signed_for = BTreeSet::new();
    let mut known = BTreeSet::new();
    for cloud in clouds::ALL {
        let regions = cloud.regions.known;
        known.extend(regions.iter().map(|region| region.id));
        let ids =
            if regions.is_empty() { vec![""] } else { regions.iter().map(|one| one.id).collect() };
        for site in cloud.sites {
            for id in &ids {
                let target = Target::new(cloud, Some(site.id), id).unwrap();
                signed_for.insert(clouds::host(&target));
            }
        }
    }
    let listed: BTreeSet<String> = hosts().map(str::to_owned).collect();
    assert_eq!(listed.len(), hosts().count(), "a host is listed twice");
    let missing: Vec<_> = signed_for.difference(&listed).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // What the console has no use for is a region's own name, or the cloud's first.
    let mut rest: BTreeSet<&str> = listed.difference(&signed_for).map(String::as_str).collect();
    for (product, domain) in [("ecs.", ".aliyuncs.com"), ("cvm.", ".tencentcloudapi.com")] {
        for region in regions(product, domain) {
            assert!(known.contains(region), "{region} is no region that the console knows");
            rest.remove(format!("{product}{region}{domain}").as_str());
        }
    }
    assert_eq!(rest, BTreeSet::new());
}

#[test]
fn every_configuration_has_the_list_and_nothing_else() {
    let (ecs, cvm) = (regions("ecs.", ".aliyuncs.com"), regions("cvm.", ".tencentcloudapi.com"));
    for (server, file) in [
        (Server::Nginx, "relight.conf"),
        (Server::Caddy, "Caddyfile"),
        (Server::Haproxy, "haproxy.cfg"),
        (Server::Envoy, "envoy.yaml"),
        (Server::Worker, "worker.js"),
    ] {
        let text = fs::read_to_string(servers::configuration(server).join(file)).unwrap();
        let text: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
        let text = text.join("\n").replace("\\.", ".");
        // The lists as the file has them: names between bars or spaces.
        let words: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || "|()?:".contains(c))
            .filter(|word| !word.is_empty())
            .collect();
        for list in [&ecs, &cvm] {
            let place = words.windows(list.len()).filter(|window| window == list).count();
            assert_eq!(place, 1, "{file} does not have the regions {list:?}");
        }
        for host in hosts().filter(|host| !host.contains('-') || host.starts_with("ecs-")) {
            assert!(text.contains(host), "{file} has no {host}");
        }
        // Each domain is in it as often as it must be: one list, and the names without a region.
        let count = |domain| text.matches(domain).count();
        let counts = (count("aliyuncs.com"), count("tencentcloudapi.com"), count("zenlayer.com"));
        assert_eq!(counts, (3, 3, 1), "{file}");
    }
}

fn is_comment(line: &str) -> bool {
    ["#", "//", "--"].iter().any(|mark| line.trim_start().starts_with(mark))
}
