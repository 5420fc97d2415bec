#pragma once
// MariaDB and MySQL, over libmariadb, whose functions come in two halves: one that starts, and one
// that goes on when the socket is ready. Like Python's aiomysql.
//
// Stands on readiness (17).
//  1. A function that has started must be continued to its end, so each operation is a task of its
//     own, which goes on when the caller is cancelled.
//  2. Meanwhile a second connection, in a thread, tells the server to stop (KILL QUERY): the first
//     one is clean then. When that takes more than five seconds, it is closed.
//  3. One operation at a time; a second one is refused. A pool is for more.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>
#include <clients/errors.hpp>
#include <clients/value.hpp>

struct st_mysql;  // libmariadb's

namespace mariadb {

using clients::ConnectionError, clients::QueryError, clients::Rows, clients::Value;

/// Where, and as whom.
struct Settings {
  Settings() {}
  std::string host = "127.0.0.1";
  std::uint16_t port = 3306;
  std::string user, password, database;
};

/// All operations throw InvalidStateError while another one runs, ConnectionError when the
/// connection is lost or was closed, and QueryError, with the SQLSTATE, for what the server
/// refuses. The connection must outlive them.
class Connection {
 public:
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Throws ConnectionError, TimeoutError after `limit`, and what resolve() throws.
  static aio::Coro<std::unique_ptr<Connection>> connect(
      Settings settings, aio::Delay limit = std::chrono::seconds(10));

  /// Prepares a statement and runs it, with a parameter for each `?`. Cancelled: it may have been
  /// done all the same.
  template <class... Args>
  aio::Coro<Rows> query(std::string sql, Args&&... args) {
    return run(std::move(sql), clients::values(std::forward<Args>(args)...));
  }
  aio::Coro<Rows> run(std::string sql, std::vector<Value> parameters);

  // ── transactions: clients::transaction(connection, body) ──
  aio::Coro<> begin() { return command("START TRANSACTION"); }
  aio::Coro<> commit() { return command("COMMIT"); }
  aio::Coro<> rollback() { return command("ROLLBACK"); }
  bool in_transaction() const;

  /// Is it connected, with nothing under way and no transaction open?
  bool is_clean() const;
  bool is_closed() const { return connection_ == nullptr || closing_; }
  /// At once. Who is in the middle of an operation gets an error.
  void close() noexcept;
  aio::Coro<> aclose();
  /// The number of the server's thread for us.
  unsigned long server_thread() const;

 private:
  class Statement;
  explicit Connection(Settings settings) : settings_(std::move(settings)) {}
  aio::Coro<bool> start();
  aio::Coro<> command(std::string sql);
  aio::Coro<Rows> run_it(std::string sql, std::vector<Value> parameters);
  template <class Start, class Continue>
  aio::Coro<> drive(Start start, Continue go_on);
  aio::Coro<int> wait(int what) const;
  st_mysql* get() const;

  Settings settings_;
  st_mysql* connection_ = nullptr;
  bool busy_ = false;
  bool closing_ = false;  // by close(), while somebody is in the middle of an operation
};

}  // namespace mariadb
