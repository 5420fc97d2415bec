#include "clients.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <aio/connect.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

namespace soak {
namespace {

using aio::Coro, aio::Stream;
using std::chrono::milliseconds, std::chrono::steady_clock;

/// One place of the soak. It is a slow one or not; who sits there changes.
class Seat {
 public:
  Seat(Books& books, const Options& options, int index, steady_clock::time_point end)
      : books_(books),
        options_(options),
        index_(index),
        end_(end),
        random_(options.seed * 1'000'003U + static_cast<unsigned>(index)) {}

  Coro<> occupy() {
    do {
      const std::uint64_t number = books_.accounts.fetch_add(1);
      if (number >= Books::most) co_return;
      co_await connect_once(number, books_.account[number]);
    } while (!is_over());
  }

 private:
  bool is_over() const { return books_.go && steady_clock::now() >= end_; }
  bool is_slow() const { return index_ % 2 == 1; }
  int draw(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most)) + 1; }
  /// Fewer seats are busier, so that a small soak meets everything, too.
  auto pause() {
    return aio::sleep(is_over() ? milliseconds(0)
                                : milliseconds(draw(options_.connections / 10 + 10)));
  }

  Ending draw_ending() {
    const int drawn = draw(4);
    return drawn <= 2 ? Ending::polite : drawn == 3 ? Ending::dropped : Ending::aborted;
  }

  Coro<> connect_once(std::uint64_t number, Account& account) {
    try {
      // Many addresses: the ports of closed connections rest for a minute.
      const std::string host = "127.0.0." + std::to_string(number % 100 + 1);
      Stream stream = co_await aio::open_connection(host, books_.port);
      if (is_slow()) take_little(stream);
      co_await talk(stream, number, account);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "soak: connection %llu: %s\n", static_cast<unsigned long long>(number),
                   error.what());
      account.wrong = true;
    }
  }

  /// The kernel shall not take on what a slow client does not read.
  static void take_little(const Stream& stream) {
    const int size = 4096;
    setsockopt(stream.fd(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }

  Coro<> talk(Stream& stream, std::uint64_t number, Account& account) {
    co_await exchange(stream, number, account, 64);
    while (!books_.go) co_await aio::sleep(milliseconds(20));
    const auto leave = steady_clock::now() + milliseconds(draw(options_.seconds * 200));
    const Ending ending = draw_ending();
    while (!is_over() && steady_clock::now() < leave) {
      if (is_slow()) {
        co_await send_much(stream, number, account, ending);
      } else {
        co_await exchange(stream, number, account, draw(4'000));
      }
      co_await pause();
    }
    co_await leave_by(ending, stream, number, account);
  }

  /// There and back.
  Coro<> exchange(Stream& stream, std::uint64_t number, Account& account, int size) {
    const std::string said = bytes_of(number, account.sent, static_cast<std::size_t>(size));
    account.sent += said.size();
    stream.write(said);
    const std::string heard = co_await stream.read_exactly(said.size());
    account.wrong = account.wrong || heard != said;
    account.verified += heard.size();
  }

  /// More than the buffers hold, and taken back sip by sip; who will not end politely may leave in
  /// the middle.
  Coro<> send_much(Stream& stream, std::uint64_t number, Account& account, Ending ending) {
    const auto size = static_cast<std::size_t>(draw(100'000));
    auto sending = aio::create_task(send(stream, number, account, size));
    const std::uint64_t end = account.verified + size;
    while (account.verified < end) {
      if (ending != Ending::polite && draw(30) == 1) break;
      co_await hear(stream, number, account);
      if (draw(4) == 1) co_await pause();
    }
    if (account.verified < end) sending.cancel();
    try {
      co_await sending;
    } catch (const aio::CancelledError&) {
      if (account.verified >= end) throw;
    }
  }

  static Coro<> send(Stream& stream, std::uint64_t number, Account& account, std::size_t size) {
    constexpr std::size_t piece = 5'000;
    for (std::size_t done = 0; done < size; done += piece) {
      const std::string said = bytes_of(number, account.sent, std::min(piece, size - done));
      account.sent += said.size();
      stream.write(said);
      co_await stream.drain();
    }
  }

  /// What has come, checked. Empty at the end.
  Coro<std::size_t> hear(Stream& stream, std::uint64_t number, Account& account) {
    const std::string heard = co_await stream.read(static_cast<std::size_t>(draw(20'000)));
    account.wrong = account.wrong || heard != bytes_of(number, account.verified, heard.size());
    account.verified += heard.size();
    co_return heard.size();
  }

  Coro<> leave_by(Ending ending, Stream& stream, std::uint64_t number, Account& account) {
    account.ending = ending;
    if (ending == Ending::aborted) stream.abort();
    if (ending != Ending::polite) co_return;  // the stream is dropped by its owner
    stream.write_eof();
    for (std::size_t heard = 1; heard > 0;) heard = co_await hear(stream, number, account);
    stream.close();
    co_await stream.wait_closed();
  }

  Books& books_;
  const Options& options_;
  const int index_;
  const steady_clock::time_point end_;
  std::minstd_rand random_;
};

Coro<> fill_all_seats(Books& books, const Options& options) {
  const auto end = steady_clock::now() + std::chrono::seconds(options.seconds);
  std::vector<Seat> seats;
  for (int i = 0; i < options.connections; ++i) seats.emplace_back(books, options, i, end);
  std::vector<aio::Task<>> tasks;
  for (Seat& seat : seats) {
    tasks.push_back(aio::create_task(seat.occupy()));
    if (tasks.size() % 100 == 0) co_await aio::sleep(milliseconds(1));
  }
  for (const auto& task : tasks) co_await task;
}

}  // namespace

void run_clients(Books& books, const Options& options) { aio::run(fill_all_seats(books, options)); }

}  // namespace soak
