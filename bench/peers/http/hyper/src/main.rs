// hyper, on one thread of tokio: a server that says hello (W11).

use hyper::service::{make_service_fn, service_fn};
use hyper::{header, Body, Request, Response, Server};
use std::convert::Infallible;

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

fn main() {
    if std::env::args().nth(1).as_deref() != Some("W11") {
        std::process::exit(3);
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(serve());
}
