//! tokio, on its scheduler of one thread. The command line is that of harness/peer.hpp.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot, Semaphore};
use tokio::task::JoinHandle;

const LACKING: i32 = 3;
const MESSAGE: usize = 64;
const ITEMS_EACH_ROUND: usize = 1000;
const WATCHED_TIMERS: usize = 64;

/// How many operations there were, and other figures with their names.
struct Done {
    operations: usize,
    more: Vec<(&'static str, f64)>,
}

fn done(operations: usize) -> Done {
    Done { operations, more: Vec::new() }
}

/// The value, which the compiler is kept from knowing.
fn keep(value: usize) -> usize {
    unsafe { std::ptr::read_volatile(&value) }
}

/// The numbers of harness/sizes.hpp.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % end
    }
    fn nap(&mut self, all: usize) -> Duration {
        Duration::from_micros(self.below(all as u64))
    }
    fn far(&mut self) -> Duration {
        Duration::from_millis(1000 + self.below(99_000))
    }
}

#[derive(Clone, Default)]
struct Lateness(Arc<Mutex<Vec<f64>>>);

impl Lateness {
    fn add(&self, late: Duration) {
        self.0.lock().unwrap().push(late.as_secs_f64());
    }
    fn figures(&self) -> Vec<(&'static str, f64)> {
        let mut all = self.0.lock().unwrap();
        all.sort_by(|a, b| a.partial_cmp(b).unwrap());
        let at = |part: f64| 1e6 * all[(part * (all.len() - 1) as f64) as usize];
        if all.is_empty() { Vec::new() } else { vec![("p50_us", at(0.5)), ("p99_us", at(0.99))] }
    }
}

// ── W1: echo ──

async fn serve_messages(mut socket: TcpStream) -> std::io::Result<()> {
    let (mut input, mut output) = ([0u8; 4096], [0u8; 4096]);
    let mut rest = 0; // bytes of the message that has not come completely
    loop {
        let count = socket.read(&mut input[rest..]).await?;
        if count == 0 {
            return Ok(());
        }
        let size = rest + count;
        let complete = size - size % MESSAGE;
        for (answer, message) in
            output.chunks_exact_mut(MESSAGE).zip(input[..complete].chunks_exact(MESSAGE))
        {
            answer.copy_from_slice(message);
        }
        input.copy_within(complete..size, 0);
        rest = size - complete;
        socket.write_all(&output[..complete]).await?;
    }
}

async fn serve_echo(_: usize, _: usize) -> Done {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{{\"port\":{}}}", listener.local_addr().unwrap().port());
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        socket.set_nodelay(true).unwrap();
        tokio::spawn(serve_messages(socket));
    }
}

// ── W2, W3, W4, W6: tasks ──

async fn trivial() {}

async fn spawn(size: usize, rounds: usize) -> Done {
    let mut tasks: Vec<JoinHandle<()>> = Vec::with_capacity(size);
    for _ in 0..rounds {
        tasks.extend((0..size).map(|_| tokio::spawn(trivial())));
        for task in tasks.drain(..) {
            task.await.unwrap();
        }
    }
    done(size * rounds)
}

async fn take_turns(turns: usize) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

async fn switch_tasks(size: usize, rounds: usize) -> Done {
    let tasks: Vec<_> = (0..size).map(|_| tokio::spawn(take_turns(rounds))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    done(size * rounds)
}

/// The compiler is kept from making a plain function of it.
async fn child(value: usize) -> usize {
    keep(value)
}

async fn await_child(size: usize, rounds: usize) -> Done {
    let mut sum = 0;
    for value in 0..size * rounds {
        sum += child(value).await;
    }
    keep(sum);
    done(size * rounds)
}

async fn gather(size: usize, rounds: usize) -> Done {
    for _ in 0..rounds {
        let tasks: Vec<_> = (0..size).map(|i| tokio::spawn(child(i))).collect();
        let mut results = Vec::with_capacity(size);
        for task in tasks {
            results.push(task.await.unwrap());
        }
        keep(results.iter().sum::<usize>());
    }
    done(size * rounds)
}

// ── W5: timers ──

async fn nap(time: Duration, watched: Option<Lateness>) {
    let due = Instant::now() + time;
    tokio::time::sleep(time).await;
    if let Some(lateness) = watched {
        lateness.add(Instant::now() - due);
    }
}

async fn sleeps(size: usize, _: usize) -> Done {
    let (mut dice, lateness) = (Dice(1), Lateness::default());
    let tasks: Vec<_> = (0..size)
        .map(|i| {
            let watched = (i % WATCHED_TIMERS == 0).then(|| lateness.clone());
            tokio::spawn(nap(dice.nap(size), watched))
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    Done { operations: size, more: lateness.figures() }
}

/// A timer starts when it is first polled.
struct Start<'a>(Pin<&'a mut tokio::time::Sleep>);

impl Future for Start<'_> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let _ = self.0.as_mut().poll(context);
        Poll::Ready(())
    }
}

async fn cancel_timers(size: usize, rounds: usize) -> Done {
    let mut dice = Dice(1);
    let mut timers: Vec<Pin<Box<tokio::time::Sleep>>> = Vec::with_capacity(size);
    for _ in 0..rounds {
        for _ in 0..size {
            let mut timer = Box::pin(tokio::time::sleep(dice.far()));
            Start(timer.as_mut()).await;
            timers.push(timer);
        }
        timers.clear();
        tokio::task::yield_now().await;
    }
    done(size * rounds)
}

// ── W7: queue, semaphore ──

async fn queue_items(size: usize, rounds: usize) -> Done {
    let items = rounds * ITEMS_EACH_ROUND;
    let (sender, mut receiver) = mpsc::channel(size);
    let producer = tokio::spawn(async move {
        for i in 0..items {
            sender.send(i).await.unwrap();
        }
    });
    let consumer = tokio::spawn(async move { while receiver.recv().await.is_some() {} });
    producer.await.unwrap();
    consumer.await.unwrap();
    done(items)
}

async fn semaphore_free(size: usize, rounds: usize) -> Done {
    let semaphore = Semaphore::new(1);
    for _ in 0..size * rounds {
        drop(semaphore.acquire().await.unwrap());
    }
    done(size * rounds)
}

async fn semaphore_contended(size: usize, rounds: usize) -> Done {
    let semaphore = Arc::new(Semaphore::new(1));
    let hold_in_turn = |semaphore: Arc<Semaphore>| async move {
        for _ in 0..rounds {
            let _permit = semaphore.acquire().await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let tasks: Vec<_> =
        (0..size).map(|_| tokio::spawn(hold_in_turn(semaphore.clone()))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    done(size * rounds)
}

// ── W8: from another thread, a post is a task ──

/// Counts those who have run, and tells when all have.
struct Countdown {
    left: AtomicUsize,
    finished: Mutex<Option<oneshot::Sender<()>>>,
}

impl Countdown {
    fn new(count: usize) -> (Arc<Countdown>, oneshot::Receiver<()>) {
        let (finished, finish) = oneshot::channel();
        let finished = Mutex::new(Some(finished));
        (Arc::new(Countdown { left: AtomicUsize::new(count), finished }), finish)
    }
    fn one_more(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.finished.lock().unwrap().take().unwrap().send(()).unwrap();
        }
    }
}

async fn posts(size: usize, _: usize) -> Done {
    let (countdown, finish) = Countdown::new(size);
    let handle = tokio::runtime::Handle::current();
    let poster = std::thread::spawn(move || {
        for _ in 0..size {
            let countdown = countdown.clone();
            handle.spawn(async move { countdown.one_more() });
        }
    });
    finish.await.unwrap();
    poster.join().unwrap();
    done(size)
}

async fn wake_ups(size: usize, _: usize) -> Done {
    let lateness = Lateness::default();
    let (countdown, finish) = Countdown::new(size);
    let (handle, seen) = (tokio::runtime::Handle::current(), lateness.clone());
    let poster = std::thread::spawn(move || {
        for _ in 0..size {
            std::thread::sleep(Duration::from_micros(100));
            let (countdown, seen, posted) = (countdown.clone(), seen.clone(), Instant::now());
            handle.spawn(async move {
                seen.add(Instant::now() - posted);
                countdown.one_more();
            });
        }
    });
    finish.await.unwrap();
    poster.join().unwrap();
    Done { operations: size, more: lateness.figures() }
}

// ── W9: memory ──

async fn sleeping_tasks(size: usize, _: usize) -> Done {
    for _ in 0..size {
        tokio::spawn(tokio::time::sleep(Duration::from_secs(86_400)));
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    println!("{{\"ready\":true}}");
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    done(0)
}

// ── the command line of harness/peer.hpp ──

fn run(name: &str, size: usize, rounds: usize) -> Done {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    match name {
        "W1" | "W1p" => finish(&runtime, serve_echo(size, rounds)),
        "W2" => finish(&runtime, spawn(size, rounds)),
        "W3" => finish(&runtime, switch_tasks(size, rounds)),
        "W4" => finish(&runtime, await_child(size, rounds)),
        "W5.sleeps" => finish(&runtime, sleeps(size, rounds)),
        "W5.cancel" => finish(&runtime, cancel_timers(size, rounds)),
        "W6" => finish(&runtime, gather(size, rounds)),
        "W7.queue" => finish(&runtime, queue_items(size, rounds)),
        "W7.free" => finish(&runtime, semaphore_free(size, rounds)),
        "W7.contended" => finish(&runtime, semaphore_contended(size, rounds)),
        "W8.posts" => finish(&runtime, posts(size, rounds)),
        "W8.wake" => finish(&runtime, wake_ups(size, rounds)),
        "W9.tasks" => finish(&runtime, sleeping_tasks(size, rounds)),
        _ => std::process::exit(LACKING),
    }
}

/// As a task: what block_on() is given itself is polled in a slower way.
fn finish(runtime: &Runtime, work: impl Future<Output = Done> + Send + 'static) -> Done {
    runtime.block_on(runtime.spawn(work)).unwrap()
}

fn repeated(name: &str) -> bool {
    !matches!(name, "W1" | "W1p" | "W5.sleeps" | "W8.posts" | "W8.wake" | "W9.tasks")
}

fn cpu_seconds() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

fn run_rounds(name: &str, size: usize, rounds: usize) -> (f64, f64, Done) {
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let done = run(name, size, rounds);
    (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu, done)
}

fn measure(name: &str, size: usize, given_rounds: usize, long_enough: f64) {
    let mut rounds = given_rounds.max(1);
    let (mut wall, mut cpu, mut done) = run_rounds(name, size, rounds);
    while given_rounds == 0 && repeated(name) && wall < long_enough {
        let enough = if wall > long_enough / 10.0 { 1.1 * long_enough / wall } else { 10.0 };
        rounds = (rounds as f64 * enough).ceil() as usize;
        (wall, cpu, done) = run_rounds(name, size, rounds);
    }
    let each = 1e9 / done.operations as f64;
    print!("{{\"work\":\"{}\",\"size\":{},\"rounds\":{}", name, size, rounds);
    print!(",\"operations\":{},\"wall_ns\":{:.3}", done.operations, wall * each);
    print!(",\"cpu_ns\":{:.3}", cpu * each);
    for (name, value) in done.more {
        print!(",\"{}\":{:.3}", name, value);
    }
    println!("}}");
}

/// Ends with whoever compares, and may have a descriptor for each connection.
fn prepare() {
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
    }
}

fn main() {
    prepare();
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let (mut sizes, mut rounds, mut long_enough) = (Vec::new(), 0, 0.25);
    while let Some(argument) = arguments.next() {
        if argument == "--rounds" {
            rounds = arguments.next().unwrap().parse().unwrap();
        } else if argument == "--seconds" {
            long_enough = arguments.next().unwrap().parse().unwrap();
        } else {
            sizes.push(argument.parse().unwrap());
        }
    }
    for size in sizes {
        measure(&name, size, rounds, long_enough);
    }
}
