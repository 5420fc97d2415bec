#pragma once
// PostgreSQL, over libpq, which sends and receives while the loop waits. Like Python's asyncpg.
//
// Stands on readiness (17).
//  1. libpq never blocks here: names are looked up by resolve(), and the request to cancel, for
//     which libpq has no other call, is sent by a thread.
//  2. One operation at a time; a second one is refused. A pool is for more.
//  3. An await that is cancelled stops the query on the server, and leaves a clean connection; when
//     that does not succeed within five seconds, the connection is closed.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>
#include <clients/errors.hpp>
#include <clients/value.hpp>

struct pg_conn;  // libpq's
struct pg_result;

namespace postgres {

using clients::ConnectionError, clients::QueryError, clients::Rows, clients::Value;

/// What another connection has said with NOTIFY.
struct Notification {
  Notification() {}
  std::string channel, payload;
};

/// A statement and its parameters, $1 and so on.
struct Query {
  template <class... Args>
  explicit Query(std::string its_sql, Args&&... args)
      : sql(std::move(its_sql)), parameters(clients::values(std::forward<Args>(args)...)) {}
  std::string sql;
  std::vector<Value> parameters;
};

/// All operations throw InvalidStateError while another one runs, ConnectionError when the
/// connection is lost or was closed, and QueryError for what the server refuses, "22021" among
/// that: a NUL in a text. The connection must outlive them.
class Connection {
 public:
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Connects as `settings` say: "host=127.0.0.1 port=5432 user=me dbname=mine", or a URI; of
  /// several hosts, and of several addresses of a host, the first that answers. Throws
  /// ConnectionError, TimeoutError after `limit`, std::invalid_argument for settings that make no
  /// sense, and what resolve() throws. Cancelled: there is no connection.
  static aio::Coro<std::unique_ptr<Connection>> connect(
      std::string settings, aio::Delay limit = std::chrono::seconds(10));

  /// Runs a statement: `co_await connection.query("SELECT $1::int + 1", 41)`. Cancelled: it may
  /// have been done all the same.
  template <class... Args>
  aio::Coro<Rows> query(std::string sql, Args&&... args) {
    return run(Query(std::move(sql), std::forward<Args>(args)...));
  }
  aio::Coro<Rows> run(Query query);
  /// Sends all at once, and gives what each has given. They are one transaction: when one fails,
  /// none is done, and its error is thrown.
  aio::Coro<std::vector<Rows>> pipeline(std::vector<Query> queries);
  /// `COPY … FROM STDIN` and `COPY … TO STDOUT`: what goes in, and what comes out.
  aio::Coro<> copy_in(std::string sql, std::string data);
  aio::Coro<std::string> copy_out(std::string sql);
  /// The next notification of the channels that it listens to (`LISTEN …`). Cancelled: nothing is
  /// lost.
  aio::Coro<Notification> notification();

  // ── transactions: clients::transaction(connection, body) ──
  aio::Coro<> begin() { return command("BEGIN"); }
  aio::Coro<> commit() { return command("COMMIT"); }
  aio::Coro<> rollback() { return command("ROLLBACK"); }
  bool in_transaction() const;

  /// Is it connected, with nothing under way and no transaction open? Notices what has come.
  bool is_clean();
  bool is_closed() const { return connection_ == nullptr || closing_; }
  /// At once. Who is in the middle of an operation gets an error.
  void close() noexcept;
  aio::Coro<> aclose();
  /// The process that serves us.
  int server_pid() const;

 private:
  struct Result;
  explicit Connection(pg_conn* connection) : connection_(connection) {}
  template <class T>
  aio::Coro<T> operation(aio::Coro<T> work);
  aio::Coro<> poll();
  aio::Coro<> command(std::string sql);
  aio::Coro<Rows> run_it(Query query);
  aio::Coro<std::vector<Rows>> pipeline_them(std::vector<Query> queries);
  aio::Coro<> copy_it_in(std::string sql, std::string data);
  aio::Coro<std::string> copy_it_out(std::string sql);
  aio::Coro<> abandon();
  aio::Coro<> drain();
  aio::Coro<> flush();
  aio::Coro<Result> next();
  aio::Coro<Rows> last_of_one();
  void send(const Query& query);
  void consume();
  pg_conn* get() const;
  [[noreturn]] void throw_lost() const;

  pg_conn* connection_;
  bool busy_ = false;
  bool closing_ = false;  // by close(), while somebody is in the middle of an operation
};

}  // namespace postgres
