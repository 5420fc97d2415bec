// The soak: an echo server on streams and its clients, each a process of its own, for as long and
// with as many connections as you like. Half of the clients are slow; half of the connections end
// in the middle. At the end every byte is accounted for, and nothing is left: no connection, no
// descriptor, no block of memory.
//
//   build/dev/bin/soak --connections 10000 --seconds 60

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "accounts.hpp"
#include "clients.hpp"
#include "support/compare.hpp"

namespace soak {
namespace {

using aio::Coro, aio::Stream;
using std::chrono::milliseconds;

/// What the server saw.
struct Observed {
  std::size_t most_connections = 0, tasks_left = 0, connections_left = 0;
  std::uint64_t broken = 0;  // connections that ended with an error
  double idle_bytes = 0;     // of memory, each
  int reports = 0;           // to the exception handler: there should be none
};

/// Which account the first bytes name; null when they do not come.
Coro<Account*> account_of(Stream& stream, Books& books) {
  const std::string bytes = co_await stream.read_exactly(sizeof(std::uint64_t));
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  if (number >= books.accounts) throw std::runtime_error("a client without an account");
  Account& account = books.account[number];
  account.received += bytes.size();
  stream.write(bytes);
  account.returned += bytes.size();
  co_return &account;
}

Coro<> echo(Stream stream, Books& books) {
  Account& account = *co_await account_of(stream, books);
  for (;;) {
    const std::string bytes = co_await stream.read(8'000);
    if (bytes.empty()) break;
    account.received += bytes.size();
    stream.write(bytes);
    account.returned += bytes.size();
    co_await stream.drain();
  }
  stream.close();
  co_await stream.wait_closed();
}

Coro<> serve_one(Stream stream, Books& books, Observed& observed) {
  try {
    co_await echo(std::move(stream), books);
  } catch (const std::system_error&) {
    ++observed.broken;  // the client has dropped or aborted it
  }
}

/// Waits until all are there and nothing moves, and sees how much memory that takes.
Coro<> see_idle_memory(const aio::Server& server, const Heap& before, int connections,
                       Observed& observed) {
  while (server.connections() < static_cast<std::size_t>(connections)) {
    co_await aio::sleep(milliseconds(10));
  }
  co_await aio::sleep(milliseconds(200));
  observed.idle_bytes = static_cast<double>(heap_in_use().bytes - before.bytes) / connections;
}

/// Until the clients' process shuts its end of the pipe.
Coro<> watch(const aio::Server& server, int clients_alive, Observed& observed) {
  char byte;
  while (read(clients_alive, &byte, 1) == -1 && errno == EAGAIN) {
    observed.most_connections = std::max(observed.most_connections, server.connections());
    co_await aio::sleep(milliseconds(50));
  }
}

Coro<> serve(Books& books, const Options& options, int clients_alive, Observed& observed) {
  aio::running_loop().set_exception_handler([&observed](const aio::ExceptionContext& context) {
    ++observed.reports;
    std::fprintf(stderr, "soak: %s: %s\n", context.message.c_str(),
                 aio::message_of(context.exception).c_str());
  });
  aio::ServerOptions serving;
  serving.backlog = 4096;
  aio::Server server = co_await aio::start_server(
      [&](Stream stream) { return serve_one(std::move(stream), books, observed); }, "0.0.0.0", 0,
      serving);
  const Heap before = heap_in_use();
  books.port = server.port();
  co_await see_idle_memory(server, before, options.connections, observed);
  books.go = true;
  co_await watch(server, clients_alive, observed);
  server.close();
  co_await server.wait_closed();
  observed.connections_left = server.connections();
  for (int i = 0; i < 3; ++i)
    co_await aio::sleep(milliseconds(0));  // handlers end behind their streams
  observed.tasks_left = aio::all_tasks().size() - 1;
}

/// Runs `work` on a thread of its own, so that afterwards its recycled memory is free, too; says
/// what it has left over.
template <class Work>
Leftovers alone(Work work) {
  std::thread([] { aio::run([]() -> Coro<> { co_await aio::sleep(milliseconds(1)); }()); }).join();
  const Leftovers before = in_use_now();
  std::thread(work).join();
  return leftovers_since(before);
}

[[noreturn]] void be_the_clients(Books& books, const Options& options) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (books.port == 0) usleep(1'000);
  books.clients = alone([&] { run_clients(books, options); });
  _exit(0);
}

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

void print_leftovers(const char* whose, const Leftovers& left) {
  std::printf("%s left over: %zu descriptors, %ld blocks of memory (%ld bytes)\n", whose,
              left.descriptors, left.heap.blocks, left.heap.bytes);
}

bool nothing(const Leftovers& left) { return left.descriptors == 0 && left.heap.blocks == 0; }

/// Prints the figures; returns whether everything is as it should be.
bool report(const Books& books, const Observed& observed, const Leftovers& server) {
  const Summary summary = audit(books);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "connections     %s, at most %s at a time: %s ended politely, %s dropped, %s aborted\n",
      with_commas(books.accounts).c_str(), with_commas(observed.most_connections).c_str(),
      with_commas(summary.polite).c_str(), with_commas(summary.dropped).c_str(),
      with_commas(summary.aborted).c_str());
  std::printf("bytes           %s sent = %s came back + %s were under way in a broken connection\n",
              with_commas(summary.sent).c_str(), with_commas(summary.verified).c_str(),
              with_commas(summary.lost).c_str());
  std::printf("idle connection %.0f bytes of memory\n", observed.idle_bytes);
  std::printf("server          at most %ld MB, %.1f s of CPU; %s connections ended with an error\n",
              usage.ru_maxrss / 1024,
              static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                  static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6,
              with_commas(observed.broken).c_str());
  print_leftovers("server         ", server);
  print_leftovers("clients        ", books.clients);
  for (const std::string& fault : summary.faults) std::printf("WRONG: %s\n", fault.c_str());
  if (observed.tasks_left + observed.connections_left + static_cast<std::size_t>(observed.reports) >
      0) {
    std::printf("WRONG: %zu tasks and %zu connections are left, %d errors were reported\n",
                observed.tasks_left, observed.connections_left, observed.reports);
    return false;
  }
  return summary.faults.empty() && nothing(server) && nothing(books.clients);
}

int run(const Options& options) {
  Books& books = make_books();
  int alive[2];
  aio::check_syscall("pipe2", pipe2(alive, O_NONBLOCK | O_CLOEXEC));
  const pid_t clients = aio::check_syscall("fork", fork());
  if (clients == 0) be_the_clients(books, options);
  close(alive[1]);
  alarm(static_cast<unsigned>(options.seconds) * 3 + 60);  // should it ever hang
  Observed observed;
  const Leftovers left = alone([&] { aio::run(serve(books, options, alive[0], observed)); });
  int status = 0;
  waitpid(clients, &status, 0);
  if (status != 0) std::printf("WRONG: the clients ended with status %d\n", status);
  const bool fine = report(books, observed, left) && status == 0;
  std::puts(fine ? "all is well" : "FAILED");
  return fine ? 0 : 1;
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const int value = std::atoi(argv[i + 1]);
    if (name == "--connections") options.connections = value;
    if (name == "--seconds") options.seconds = value;
    if (name == "--seed") options.seed = static_cast<unsigned>(value);
  }
  return options;
}

}  // namespace
}  // namespace soak

int main(int argc, char** argv) {
  soak::Options options = soak::options_of(argc, argv);
  const long most = bench::raise_descriptor_limit() - 50;
  if (options.connections > most) {
    std::printf("the descriptor limit allows %ld connections\n", most);
    options.connections = static_cast<int>(most);
  }
  std::printf("%d connections for %d s\n", options.connections, options.seconds);
  std::fflush(nullptr);
  return soak::run(options);
}
