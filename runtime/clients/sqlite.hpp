#pragma once
// SQLite, on a thread of its own for each connection, since it has no descriptor to wait for. Like
// Python's aiosqlite.
//
// Stands on threads (14).
//  1. Every call goes to the connection's thread; the loop never waits for a disk or a lock.
//  2. One operation at a time; a second one is refused, for it would land in the transaction of the
//     first. A pool is for more, and a transaction keeps to one of its connections.
//  3. An await that is cancelled interrupts the statement, and leaves a clean connection.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>
#include <aio/threads.hpp>
#include <clients/errors.hpp>
#include <clients/value.hpp>

namespace sqlite {

using clients::ConnectionError, clients::QueryError, clients::Rows, clients::Value;

/// Operations throw InvalidStateError while another one runs, ConnectionError after close(), and
/// QueryError, with SQLite's extended result code in digits, e.g. "5" for a database that others
/// have locked for too long.
class Connection {
 public:
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Opens the database in a file, which is made if need be; ":memory:" is one that nobody shares.
  /// `patience` is how long a statement waits for the locks of others. Readers and a writer do not
  /// wait for each other, since the file is put in WAL mode. Throws QueryError "26" for a file that
  /// is no database.
  static aio::Coro<std::unique_ptr<Connection>> open(std::string file,
                                                     aio::Delay patience = std::chrono::seconds(5));

  /// Runs one statement, with parameters ?1 and so on. Cancelled: it is interrupted, and has
  /// changed everything or nothing.
  template <class... Args>
  aio::Coro<Rows> query(std::string sql, Args&&... args) {
    return run(std::move(sql), clients::values(std::forward<Args>(args)...));
  }
  aio::Coro<Rows> run(std::string sql, std::vector<Value> parameters);

  // ── transactions: clients::transaction(connection, body) ──
  /// Takes the lock for writing at once: two who read first and write then would wait for each
  /// other.
  aio::Coro<> begin() { return command("BEGIN IMMEDIATE"); }
  aio::Coro<> commit() { return command("COMMIT"); }
  aio::Coro<> rollback() { return command("ROLLBACK"); }
  bool in_transaction() const;

  /// Is it open, with nothing under way and no transaction open?
  bool is_clean() const { return database_ != nullptr && !busy_ && !in_transaction(); }
  bool is_closed() const { return database_ == nullptr; }
  /// What runs is interrupted. The file is closed when that has ended: here, if nothing runs. This
  /// may wait for the disk, and so may the destructor. The log is left to whoever opens the file
  /// next.
  void close() noexcept;
  /// The same on the connection's thread, while the loop goes on. If nothing runs, what the log has
  /// is put into the database first. Cancelled: it is closed all the same.
  aio::Coro<> aclose();

 private:
  class Database;
  Connection();
  aio::Coro<> command(std::string sql);

  const aio::Executor thread_;
  std::shared_ptr<Database> database_;  // the jobs of the thread keep it, too
  bool busy_ = false;
};

}  // namespace sqlite
