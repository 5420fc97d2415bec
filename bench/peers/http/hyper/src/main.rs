// hyper, on one thread of tokio: a server that says hello (W11), and a client (W12).
//
//   peer-hyper W11 0       prints its port, and serves until it is killed
//   peer-hyper W12 PORT    10,000 requests over 100 connections

use hyper::client::HttpConnector;
use hyper::service::{make_service_fn, service_fn};
use hyper::{body, header, Body, Client, Request, Response, Server, Uri};
use std::convert::Infallible;
use std::time::Instant;

const REQUESTS: usize = 10_000;
const CONNECTIONS: usize = 100;

async fn hello(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut response = Response::new(Body::from("hello\n"));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain"));
    Ok(response)
}

async fn serve() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{{\"port\":{}}}", listener.local_addr().unwrap().port());
    let service = make_service_fn(|_| async { Ok::<_, Infallible>(service_fn(hello)) });
    Server::from_tcp(listener)
        .unwrap()
        .tcp_nodelay(true)
        .serve(service)
        .await
        .unwrap();
}

async fn ask(client: Client<HttpConnector>, url: Uri) {
    for _ in 0..REQUESTS / CONNECTIONS {
        let response = client.get(url.clone()).await.unwrap();
        assert_eq!(body::to_bytes(response.into_body()).await.unwrap(), "hello\n");
    }
}

async fn ask_all(port: u16) {
    let url: Uri = format!("http://127.0.0.1:{}/", port).parse().unwrap();
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder().build(connector);
    let all: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(ask(client.clone(), url.clone())))
        .collect();
    for one in all {
        one.await.unwrap();
    }
}

fn cpu_seconds() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn measure_client(port: u16) {
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    runtime().block_on(ask_all(port));
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let each = 1e9 / REQUESTS as f64;
    print!("{{\"work\":\"W12\",\"operations\":{}", REQUESTS);
    println!(",\"wall_ns\":{:.3},\"cpu_ns\":{:.3}}}", wall * each, cpu * each);
}

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match given.first().map(String::as_str) {
        Some("W11") => runtime().block_on(serve()),
        Some("W12") => measure_client(given[1].parse().unwrap()),
        _ => std::process::exit(3),
    }
}
