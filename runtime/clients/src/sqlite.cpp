#include <clients/sqlite.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>

#include <sqlite3.h>

#include <aio/finish_within.hpp>
#include <clients/turn.hpp>

namespace sqlite {

using aio::Coro;
using Turn = clients::detail::Turn<Connection>;

namespace {

constexpr auto clean_up_limit = std::chrono::seconds(5);
constexpr int steps_between_looks = 1000;  // of SQLite's virtual machine

/// The thread has it, even when the coroutine has gone.
struct Asked {
  std::string sql;
  std::vector<Value> parameters;
};

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

void bind(sqlite3_stmt* statement, int place, const Value& value) {
  if (value.is_null()) {
    sqlite3_bind_null(statement, place);
  } else if (value.is_whole()) {
    sqlite3_bind_int64(statement, place, value.as<long long>());
  } else if (value.is_real()) {
    sqlite3_bind_double(statement, place, value.as<double>());
  } else {
    const std::string text = value.text();
    sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
  }
}

Value value_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return nullptr;
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    default:
      break;
  }
  const void* const bytes = sqlite3_column_blob(statement, column);
  const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return length == 0 ? std::string() : std::string(static_cast<const char*>(bytes), length);
}

}  // namespace

/// An open file. All but stop() is for the thread; the last one to keep it closes it.
class Connection::Database {
 public:
  Database(const std::string& file, std::chrono::nanoseconds patience) : patience_(patience) {
    const int opened = sqlite3_open(file.c_str(), &database_);
    sqlite3_extended_result_codes(database_, 1);
    if (opened != SQLITE_OK) {
      const ConnectionError error(file + ": " + sqlite3_errmsg(database_));
      sqlite3_close(database_);
      throw error;
    }
    sqlite3_busy_handler(database_, on_busy, this);
    sqlite3_progress_handler(database_, steps_between_looks, on_progress, this);
    try {
      run("PRAGMA journal_mode = WAL", {});
    } catch (...) {  // it is no database, perhaps
      sqlite3_close(database_);
      throw;
    }
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { sqlite3_close(database_); }

  Rows run(const std::string& sql, const std::vector<Value>& parameters);
  bool in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }
  /// From the loop. sqlite3_interrupt() does nothing to a statement that is about to begin, but the
  /// flag stops that, too.
  void stop() noexcept {
    stopped_ = true;
    sqlite3_interrupt(database_);
  }
  void allow() { stopped_ = false; }

 private:
  static Database& self(void* data) { return *static_cast<Database*>(data); }
  static int on_progress(void* data) { return self(data).stopped_; }
  static int on_busy(void* data, int times);
  Statement prepare(const std::string& sql) const;
  [[noreturn]] void fail() const {
    throw QueryError(sqlite3_errmsg(database_),
                     std::to_string(sqlite3_extended_errcode(database_)));
  }

  sqlite3* database_ = nullptr;
  const std::chrono::nanoseconds patience_;
  std::chrono::steady_clock::time_point busy_since_;
  std::atomic<bool> stopped_ = false;
};

/// Others have a lock. Returns whether to try again.
int Connection::Database::on_busy(void* data, int times) {
  Database& database = self(data);
  const auto now = std::chrono::steady_clock::now();
  if (times == 0) database.busy_since_ = now;
  if (database.stopped_ || now - database.busy_since_ >= database.patience_) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(times < 10 ? 1 : 10));
  return 1;
}

Statement Connection::Database::prepare(const std::string& sql) const {
  sqlite3_stmt* made = nullptr;
  const char* rest = nullptr;
  if (sqlite3_prepare_v2(database_, sql.c_str(), static_cast<int>(sql.size()), &made, &rest) !=
      SQLITE_OK) {
    fail();
  }
  Statement statement(made);
  if (statement == nullptr) throw QueryError("there is no statement", "");
  if (std::string(rest).find_first_not_of(" \t\r\n;") != std::string::npos) {
    throw QueryError("one statement at a time", "");
  }
  return statement;
}

Rows Connection::Database::run(const std::string& sql, const std::vector<Value>& parameters) {
  const Statement statement = prepare(sql);
  if (static_cast<std::size_t>(sqlite3_bind_parameter_count(statement.get())) !=
      parameters.size()) {
    throw QueryError("the statement has another number of parameters", "");
  }
  int place = 0;
  for (const Value& value : parameters) bind(statement.get(), ++place, value);
  const int before = sqlite3_total_changes(database_);
  Rows rows;
  const int columns = sqlite3_column_count(statement.get());
  for (int i = 0; i < columns; ++i) {
    rows.columns.emplace_back(sqlite3_column_name(statement.get(), i));
  }
  int step = 0;
  while ((step = sqlite3_step(statement.get())) == SQLITE_ROW) {
    std::vector<Value>& row = rows.values.emplace_back();
    for (int i = 0; i < columns; ++i) row.push_back(value_of(statement.get(), i));
  }
  if (step != SQLITE_DONE) fail();
  if (columns > 0) {
    rows.affected = static_cast<long long>(rows.size());
  } else if (sqlite3_total_changes(database_) != before) {  // else it tells of one before
    rows.affected = sqlite3_changes(database_);
  }
  return rows;
}

Connection::Connection()
    : thread_([] {
        aio::ExecutorOptions options;
        options.threads = 1;
        options.name = "sqlite";
        return options;
      }()) {}

Connection::~Connection() { close(); }

void Connection::close() noexcept {
  if (database_ != nullptr) std::exchange(database_, nullptr)->stop();
}

Coro<> Connection::aclose() {
  if (database_ == nullptr) co_return;
  if (busy_) database_->stop();  // what was stopped leaves the log as it is
  const auto last = std::make_shared<std::shared_ptr<Database>>(std::exchange(database_, nullptr));
  const auto drop = [last] { last->reset(); };
  co_await thread_.run(drop);
}

bool Connection::in_transaction() const {
  return database_ != nullptr && !busy_ && database_->in_transaction();
}

Coro<std::unique_ptr<Connection>> Connection::open(std::string file, aio::Delay patience) {
  std::unique_ptr<Connection> made(new Connection);
  const auto work = [file, limit = patience.count()] {
    return std::make_shared<Database>(file, limit);
  };
  made->database_ = co_await made->thread_.run(work);
  co_return made;
}

Coro<Rows> Connection::run(std::string sql, std::vector<Value> parameters) {
  if (database_ == nullptr) throw ConnectionError("this connection was closed");
  Turn turn(*this, busy_);
  const std::shared_ptr<Database> database = database_;
  database->allow();
  const auto asked = std::make_shared<const Asked>(Asked{std::move(sql), std::move(parameters)});
  const auto work = [database, asked] { return database->run(asked->sql, asked->parameters); };
  std::exception_ptr stopped;
  try {
    Rows rows = co_await thread_.run(work);
    turn.done();
    co_return rows;
  } catch (const QueryError&) {
    turn.done();
    if (database_ == nullptr) throw ConnectionError("this connection was closed");
    throw;
  } catch (const aio::CancelledError&) {
    stopped = std::current_exception();
  }
  database->stop();
  const auto nothing = [] {};  // its turn comes when the statement has ended
  try {
    co_await aio::finish_within(clean_up_limit, thread_.run(nothing));
    turn.done();
  } catch (const aio::CancelledError&) {
    turn.done();
  } catch (const std::exception&) {  // it is closed
  }
  std::rethrow_exception(stopped);
}

Coro<> Connection::command(std::string sql) { co_await run(std::move(sql), {}); }

}  // namespace sqlite
