#include <clients/mariadb.hpp>

#include <cerrno>
#include <cstddef>
#include <exception>
#include <new>

#include <sys/socket.h>

#include <mysql.h>

#include <aio/finish_within.hpp>
#include <aio/readiness.hpp>
#include <aio/threads.hpp>
#include <aio/timeout.hpp>
#include <aio/wait.hpp>
#include <clients/addresses.hpp>
#include <clients/turn.hpp>

namespace mariadb {

using aio::Coro, aio::Interest;
using Turn = clients::detail::Turn<Connection>;

namespace {

constexpr auto clean_up_limit = std::chrono::seconds(5);

/// The client's own errors are about the connection.
bool is_ours(unsigned int number) { return number >= 2000 && number < 3000; }

[[noreturn]] void fail(unsigned int number, const char* message, const char* state) {
  if (is_ours(number)) throw ConnectionError(message);
  throw QueryError(message, state);
}

/// On a thread, by a connection of its own.
void kill_query(const Settings& settings, unsigned long thread) {
  const std::unique_ptr<MYSQL, decltype(&mysql_close)> other(mysql_init(nullptr), mysql_close);
  const unsigned int limit = 5;
  for (const auto option : {MYSQL_OPT_CONNECT_TIMEOUT, MYSQL_OPT_READ_TIMEOUT}) {
    mysql_options(other.get(), option, &limit);
  }
  if (mysql_real_connect(other.get(), settings.host.c_str(), settings.user.c_str(),
                         settings.password.c_str(), nullptr, settings.port, nullptr,
                         0) == nullptr) {
    throw ConnectionError(mysql_error(other.get()));
  }
  mysql_query(other.get(), ("KILL QUERY " + std::to_string(thread)).c_str());
}

Coro<> stop(Settings settings, unsigned long thread, aio::Task<Rows> work) {
  co_await aio::to_thread(kill_query, settings, thread);
  try {
    co_await work;
  } catch (const QueryError&) {  // it was interrupted
  }
}

/// What is bound must stay where it is until the statement has been executed.
class Parameters {
 public:
  explicit Parameters(const std::vector<Value>& values)
      : texts_(values.size()), lengths_(values.size()), binds_(values.size()) {
    for (std::size_t i = 0; i < values.size(); ++i) bind(i, values[i]);
  }
  MYSQL_BIND* data() { return binds_.data(); }

 private:
  /// The server makes of a text what it needs.
  void bind(std::size_t i, const Value& value) {
    texts_[i] = value.text();
    lengths_[i] = texts_[i].size();
    binds_[i].buffer_type = value.is_null() ? MYSQL_TYPE_NULL : MYSQL_TYPE_STRING;
    binds_[i].buffer = texts_[i].data();
    binds_[i].buffer_length = lengths_[i];
    binds_[i].length = &lengths_[i];
  }
  std::vector<std::string> texts_;
  std::vector<unsigned long> lengths_;
  std::vector<MYSQL_BIND> binds_;
};

/// Room for a row, as text.
class Columns {
 public:
  explicit Columns(MYSQL_RES* about)
      : texts_(mysql_num_fields(about)),
        lengths_(texts_.size()),
        nulls_(texts_.size()),
        binds_(texts_.size()) {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const MYSQL_FIELD* const field = mysql_fetch_field_direct(about, static_cast<unsigned>(i));
      names.emplace_back(field->name);
      texts_[i].resize(field->max_length + 1);
      binds_[i].buffer_type = MYSQL_TYPE_STRING;
      binds_[i].buffer = texts_[i].data();
      binds_[i].buffer_length = texts_[i].size();
      binds_[i].length = &lengths_[i];
      binds_[i].is_null = &nulls_[i];
    }
  }
  MYSQL_BIND* data() { return binds_.data(); }
  std::vector<Value> row() const {
    std::vector<Value> values;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      values.push_back(nulls_[i] ? Value() : Value(texts_[i].substr(0, lengths_[i])));
    }
    return values;
  }
  std::vector<std::string> names;

 private:
  std::vector<std::string> texts_;
  std::vector<unsigned long> lengths_;
  std::vector<my_bool> nulls_;
  std::vector<MYSQL_BIND> binds_;
};

}  // namespace

/// A prepared statement. To close one in the middle of something would block: then the socket is
/// shut down before.
class Connection::Statement {
 public:
  explicit Statement(MYSQL* connection) : statement_(mysql_stmt_init(connection)) {
    if (statement_ == nullptr) throw std::bad_alloc();
    const my_bool on = 1;
    mysql_stmt_attr_set(statement_, STMT_ATTR_UPDATE_MAX_LENGTH, &on);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() {
    MYSQL* const connection = statement_->mysql;  // null: it was closed before
    if (under_way && connection != nullptr) ::shutdown(mysql_get_socket(connection), SHUT_RDWR);
    mysql_stmt_close(statement_);
  }
  MYSQL_STMT* get() const { return statement_; }
  void check(int failed) {
    under_way = false;
    if (failed) {
      fail(mysql_stmt_errno(statement_), mysql_stmt_error(statement_),
           mysql_stmt_sqlstate(statement_));
    }
  }
  bool under_way = false;

 private:
  MYSQL_STMT* const statement_;
};

Connection::~Connection() { close(); }

/// mysql_close() says goodbye, and would wait until that is sent.
void Connection::close() noexcept {
  if (connection_ == nullptr) return;
  closing_ = true;
  ::shutdown(mysql_get_socket(connection_), SHUT_RDWR);
  if (!busy_) mysql_close(std::exchange(connection_, nullptr));  // else whoever waits does it
}

Coro<> Connection::aclose() {
  close();
  co_return;
}

st_mysql* Connection::get() const {
  if (is_closed()) throw ConnectionError("this connection was closed");
  return connection_;
}

unsigned long Connection::server_thread() const { return mysql_thread_id(get()); }

bool Connection::in_transaction() const {
  return !is_closed() && (connection_->server_status & SERVER_STATUS_IN_TRANS) != 0;
}

bool Connection::is_clean() const {
  char byte;
  return !is_closed() && !busy_ && !in_transaction() &&
         ::recv(mysql_get_socket(connection_), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 &&
         errno == EAGAIN;
}

// ── halves ──

/// Time-outs are ours: of those that the library would like, none is set.
Coro<int> Connection::wait(int what) const {
  const int fd = mysql_get_socket(get());
  const bool reads = (what & MYSQL_WAIT_READ) != 0, writes = (what & MYSQL_WAIT_WRITE) != 0;
  const Interest wanted =
      (reads ? Interest::read : Interest::none) | (writes ? Interest::write : Interest::none);
  const Interest ready = co_await aio::Readiness(fd, wanted);
  co_return ready == Interest::read ? MYSQL_WAIT_READ : MYSQL_WAIT_WRITE;
}

template <class Start, class Continue>
Coro<> Connection::drive(Start start, Continue go_on) {
  int wanted = start();
  while (wanted != 0) {
    const int ready = co_await wait(wanted);
    wanted = go_on(ready);
  }
}

// ── connecting ──

Coro<std::unique_ptr<Connection>> Connection::connect(Settings settings, aio::Delay limit) {
  std::unique_ptr<Connection> made(new Connection(std::move(settings)));
  const auto work = [&made]() -> Coro<> {
    std::string& host = made->settings_.host;
    const std::vector<std::string> addresses = co_await clients::detail::addresses_of(host);
    for (const std::string& address : addresses) {
      host = address;
      if (co_await made->start()) co_return;
      if (!is_ours(mysql_errno(made->connection_))) break;  // the next address is no better
    }
    throw ConnectionError(mysql_error(made->connection_));
  };
  co_await aio::timeout(limit, work);
  co_return made;
}

/// Returns whether it is connected.
Coro<bool> Connection::start() {
  if (connection_ != nullptr) mysql_close(connection_);  // another address
  connection_ = mysql_init(nullptr);
  if (connection_ == nullptr) throw std::bad_alloc();
  mysql_options(connection_, MYSQL_OPT_NONBLOCK, nullptr);
  mysql_options(connection_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  MYSQL* connected = nullptr;
  const auto begin = [&] {
    return mysql_real_connect_start(&connected, connection_, settings_.host.c_str(),
                                    settings_.user.c_str(), settings_.password.c_str(),
                                    settings_.database.c_str(), settings_.port, nullptr, 0);
  };
  const auto go_on = [&](int ready) {
    return mysql_real_connect_cont(&connected, connection_, ready);
  };
  co_await drive(begin, go_on);
  co_return connected != nullptr;
}

// ── statements ──

Coro<Rows> Connection::run_it(std::string sql, std::vector<Value> parameters) {
  Statement statement(get());
  MYSQL_STMT* const raw = statement.get();
  int failed = 0;
  const auto prepare = [&] {
    statement.under_way = true;
    return mysql_stmt_prepare_start(&failed, raw, sql.data(), sql.size());
  };
  co_await drive(prepare, [&](int ready) { return mysql_stmt_prepare_cont(&failed, raw, ready); });
  statement.check(failed);
  if (mysql_stmt_param_count(raw) != parameters.size()) {
    throw QueryError("the statement has another number of parameters", "07001");
  }
  Parameters bound(parameters);
  if (!parameters.empty()) statement.check(mysql_stmt_bind_param(raw, bound.data()));
  const auto execute = [&] {
    statement.under_way = true;
    return mysql_stmt_execute_start(&failed, raw);
  };
  co_await drive(execute, [&](int ready) { return mysql_stmt_execute_cont(&failed, raw, ready); });
  statement.check(failed);
  const auto store = [&] {
    statement.under_way = true;
    return mysql_stmt_store_result_start(&failed, raw);
  };
  Rows rows;
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> about(
      mysql_stmt_result_metadata(raw), mysql_free_result);
  if (about != nullptr) {
    co_await drive(store,
                   [&](int ready) { return mysql_stmt_store_result_cont(&failed, raw, ready); });
    statement.check(failed);
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> sizes(
        mysql_stmt_result_metadata(raw), mysql_free_result);
    Columns columns(sizes.get());
    rows.columns = columns.names;
    statement.check(mysql_stmt_bind_result(raw, columns.data()));
    while (mysql_stmt_fetch(raw) == 0) rows.values.push_back(columns.row());  // all are here
  }
  rows.affected = static_cast<long long>(mysql_stmt_affected_rows(raw));
  co_return rows;
}

Coro<Rows> Connection::run(std::string sql, std::vector<Value> parameters) {
  const unsigned long thread = server_thread();
  Turn turn(*this, busy_);
  const std::vector works{aio::create_task(run_it(std::move(sql), std::move(parameters)))};
  const aio::Task<Rows>& work = works.front();
  struct Leave {
    const aio::Task<Rows>& work;
    ~Leave() {
      if (!work.done()) work.cancel();
    }
  } const before_it_is_closed{work};
  std::exception_ptr stopped;
  try {
    co_await aio::wait(works);  // cancels nothing
    Rows rows = work.result();
    turn.done();
    co_return rows;
  } catch (const QueryError&) {
    turn.done();
    throw;
  } catch (const aio::CancelledError&) {
    stopped = std::current_exception();
  }
  try {
    co_await aio::finish_within(clean_up_limit, stop(settings_, thread, work));
    turn.done();
  } catch (const aio::CancelledError&) {  // asked once more
    if (work.done() && !work.cancelled()) turn.done();
  } catch (const std::exception&) {  // it is closed
  }
  std::rethrow_exception(stopped);
}

Coro<> Connection::command(std::string sql) { co_await run(std::move(sql), {}); }

}  // namespace mariadb
