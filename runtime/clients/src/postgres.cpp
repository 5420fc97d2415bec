#include <clients/postgres.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <sys/socket.h>

#include <libpq-fe.h>

#include <aio/finish_within.hpp>
#include <aio/readiness.hpp>
#include <aio/threads.hpp>
#include <aio/timeout.hpp>
#include <clients/addresses.hpp>
#include <clients/turn.hpp>

namespace postgres {

using aio::Coro;
using Turn = clients::detail::Turn<Connection>;

struct Connection::Result {
  struct Clear {
    void operator()(PGresult* old) const { PQclear(old); }
  };
  explicit Result(PGresult* its_result) : result(its_result) {}
  ExecStatusType status() const { return PQresultStatus(result.get()); }
  std::unique_ptr<PGresult, Clear> result;  // null: there is no more
};

namespace {

constexpr auto clean_up_limit = std::chrono::seconds(5);

/// The settings, by keyword.
class Settings {
 public:
  explicit Settings(const std::string& text) {
    char* error = nullptr;
    all_.reset(PQconninfoParse(text.c_str(), &error));
    const std::unique_ptr<char, decltype(&PQfreemem)> message(error, PQfreemem);
    if (all_ == nullptr) throw std::invalid_argument(message ? message.get() : "no memory");
    for (const PQconninfoOption* option = all_.get(); option->keyword != nullptr; ++option) {
      if (option->val != nullptr && option->val[0] != '\0') set(option->keyword, option->val);
    }
    if ((*this)["service"].empty() && std::getenv("PGSERVICE") == nullptr) add_environment();
  }
  std::string operator[](std::string_view keyword) const {
    for (std::size_t i = 0; i < keywords_.size(); ++i) {
      if (keyword == keywords_[i]) return values_[i];
    }
    return "";
  }
  void set(const char* keyword, std::string value) {
    keywords_.push_back(keyword);
    values_.push_back(std::move(value));
  }
  PGconn* start() const {
    std::vector<const char*> keywords = keywords_, values;
    for (const std::string& value : values_) values.push_back(value.c_str());
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectStartParams(keywords.data(), values.data(), 0);
  }

 private:
  /// What libpq would add itself, if it says where the server is.
  void add_environment() {
    for (const PQconninfoOption* option = all_.get(); option->keyword != nullptr; ++option) {
      const std::string_view keyword = option->keyword;
      if (keyword != "host" && keyword != "hostaddr" && keyword != "port") continue;
      const char* const value = std::getenv(option->envvar);
      if (value != nullptr && (*this)[keyword].empty()) set(option->keyword, value);
    }
  }
  struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  std::unique_ptr<PQconninfoOption, Free> all_;
  std::vector<const char*> keywords_;
  std::vector<std::string> values_;
};

/// libpq's lists: what is between commas.
std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string list_of(const std::vector<std::string>& parts) {
  std::string list = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) list += "," + parts[i];
  return list;
}

/// libpq's own look-up would block the loop. Each address becomes a host of its own, and libpq
/// tries them in this order; a folder of sockets has none. When there are too many ports, or too
/// few, libpq says so.
Coro<> look_up(Settings& settings) {
  const std::vector<std::string> hosts = parts_of(settings["host"]);
  const std::vector<std::string> ports = parts_of(settings["port"]);
  if (!settings["hostaddr"].empty()) co_return;
  if (ports.size() != 1 && ports.size() != hosts.size()) co_return;
  std::vector<std::string> names, addresses, their_ports;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    std::vector<std::string> found(1);
    const bool is_name = !hosts[i].empty() && !hosts[i].starts_with('/');
    if (is_name) found = co_await clients::detail::addresses_of(hosts[i]);
    for (const std::string& address : found) {
      names.push_back(hosts[i]);
      addresses.push_back(address);
      their_ports.push_back(ports.size() == 1 ? ports[0] : ports[i]);
    }
  }
  settings.set("host", list_of(names));
  settings.set("hostaddr", list_of(addresses));
  settings.set("port", list_of(their_ports));
}

/// It would end there for libpq.
void refuse_nul(const std::string& text) {
  if (text.find('\0') != std::string::npos) throw QueryError("there is a NUL in a text", "22021");
}

void refuse_nul(const Query& query) {
  refuse_nul(query.sql);
  for (const Value& value : query.parameters) {
    if (value.is_text()) refuse_nul(value.text());
  }
}

Value value_of(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column)) return nullptr;
  const auto length = static_cast<std::size_t>(PQgetlength(result, row, column));
  return std::string(PQgetvalue(result, row, column), length);
}

Rows rows_of(PGresult* result) {
  Rows rows;
  const int columns = PQnfields(result);
  for (int i = 0; i < columns; ++i) rows.columns.emplace_back(PQfname(result, i));
  for (int row = 0; row < PQntuples(result); ++row) {
    std::vector<Value>& values = rows.values.emplace_back();
    for (int i = 0; i < columns; ++i) values.push_back(value_of(result, row, i));
  }
  const std::string affected = PQcmdTuples(result);
  if (!affected.empty()) rows.affected = std::stoll(affected);
  return rows;
}

/// Nothing is left to read, not even the end.
bool is_quiet(int fd) {
  char byte;
  return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 && errno == EAGAIN;
}

QueryError error_of(const PGresult* result) {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return QueryError(PQresultErrorMessage(result), state == nullptr ? "" : state);
}

}  // namespace

Connection::~Connection() { close(); }

/// Whoever waits for the socket hears of its end, and closes it.
void Connection::close() noexcept {
  if (connection_ == nullptr) return;
  closing_ = true;
  if (busy_) {
    ::shutdown(PQsocket(connection_), SHUT_RDWR);
  } else {
    PQfinish(std::exchange(connection_, nullptr));
  }
}

Coro<> Connection::aclose() {
  close();
  co_return;
}

pg_conn* Connection::get() const {
  if (is_closed()) throw ConnectionError("this connection was closed");
  return connection_;
}

void Connection::throw_lost() const { throw ConnectionError(PQerrorMessage(connection_)); }

int Connection::server_pid() const { return PQbackendPID(get()); }

bool Connection::in_transaction() const {
  return !is_closed() && PQtransactionStatus(connection_) != PQTRANS_IDLE &&
         PQtransactionStatus(connection_) != PQTRANS_UNKNOWN;
}

bool Connection::is_clean() {
  if (busy_ || is_closed() || PQconsumeInput(connection_) == 0) return false;
  if (!is_quiet(PQsocket(connection_))) return false;
  return PQstatus(connection_) == CONNECTION_OK && PQtransactionStatus(connection_) == PQTRANS_IDLE;
}

// ── connecting ──

Coro<std::unique_ptr<Connection>> Connection::connect(std::string settings, aio::Delay limit) {
  Settings all(settings);
  std::unique_ptr<Connection> made;
  const auto work = [&all, &made]() -> Coro<> {
    co_await look_up(all);
    made.reset(new Connection(all.start()));
    if (made->connection_ == nullptr) throw std::bad_alloc();
    co_await made->poll();
  };
  co_await aio::timeout(limit, work);
  PQsetnonblocking(made->get(), 1);
  co_return made;
}

/// The socket may be another after each step.
Coro<> Connection::poll() {
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK) {
    if (wanted == PGRES_POLLING_FAILED || PQstatus(connection_) == CONNECTION_BAD) throw_lost();
    const int fd = PQsocket(connection_);
    if (wanted == PGRES_POLLING_READING) {
      co_await aio::readable(fd);
    } else {
      co_await aio::writable(fd);
    }
    wanted = PQconnectPoll(connection_);
  }
}

// ── sending and receiving ──

void Connection::consume() {
  if (PQconsumeInput(get()) == 0) throw_lost();
}

/// The server reads no more while we do not read what it writes, so we do both.
Coro<> Connection::flush() {
  for (;;) {
    const int left = PQflush(get());
    if (left < 0) throw_lost();
    if (left == 0) co_return;
    const aio::Interest ready = co_await aio::readable_or_writable(PQsocket(get()));
    if (ready == aio::Interest::read) consume();
  }
}

/// A socket that can be read may have brought a notice, or half a row.
Coro<Connection::Result> Connection::next() {
  co_await flush();
  while (PQisBusy(get())) {
    co_await aio::readable(PQsocket(get()));
    consume();
  }
  Result result(PQgetResult(get()));
  if (PQstatus(get()) == CONNECTION_BAD) throw_lost();
  co_return result;
}

void Connection::send(const Query& query) {
  std::vector<std::string> texts;
  std::vector<const char*> values;
  for (const Value& value : query.parameters) texts.push_back(value.text());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    values.push_back(query.parameters[i].is_null() ? nullptr : texts[i].c_str());
  }
  const int sent = PQsendQueryParams(get(), query.sql.c_str(), static_cast<int>(values.size()),
                                     nullptr, values.data(), nullptr, nullptr, 0);
  if (sent == 0) throw_lost();
}

/// What a statement gives, until libpq says that there is no more.
Coro<Rows> Connection::last_of_one() {
  Rows rows;
  std::optional<QueryError> error;
  for (Result last = co_await next(); last.result != nullptr; last = co_await next()) {
    switch (last.status()) {
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
        throw std::invalid_argument("use copy_in() or copy_out() for COPY");
      case PGRES_FATAL_ERROR:
      case PGRES_BAD_RESPONSE:
        error = error_of(last.result.get());
        break;
      case PGRES_PIPELINE_ABORTED:
        break;
      default:
        rows = rows_of(last.result.get());
    }
  }
  if (error) throw *error;
  co_return rows;
}

/// Runs what is one operation. However it ends, the connection is clean or closed.
template <class T>
Coro<T> Connection::operation(Coro<T> work) {
  Turn turn(*this, busy_);
  std::exception_ptr stopped;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(work);
      turn.done();
      co_return;
    } else {
      T result = co_await std::move(work);
      turn.done();
      co_return result;
    }
  } catch (const QueryError&) {
    turn.done();
    throw;
  } catch (const aio::CancelledError&) {
    stopped = std::current_exception();
  }
  try {
    co_await aio::finish_within(clean_up_limit, abandon());
    turn.done();
  } catch (const aio::CancelledError&) {  // asked once more; clean, unless abandon() was, too
    const bool active = PQtransactionStatus(connection_) == PQTRANS_ACTIVE;
    if (!active && PQpipelineStatus(connection_) == PQ_PIPELINE_OFF) turn.done();
  } catch (const std::exception&) {  // it is closed
  }
  std::rethrow_exception(stopped);
}

/// Stops what the server does for us. libpq can only block until that is said.
Coro<> Connection::abandon() {
  const std::shared_ptr<PGcancel> request(PQgetCancel(get()), PQfreeCancel);
  const auto say = [request] {
    char error[256];
    return PQcancel(request.get(), error, sizeof error);
  };
  co_await aio::to_thread(say);
  co_await drain();
}

Coro<> Connection::drain() {
  for (;;) {
    const Result rest = co_await next();
    if (rest.result == nullptr && PQpipelineStatus(get()) == PQ_PIPELINE_OFF) co_return;
    if (rest.status() == PGRES_COPY_IN) PQputCopyEnd(get(), "cancelled");
    if (rest.status() == PGRES_COPY_OUT) throw ConnectionError("COPY cannot be stopped halfway");
    if (rest.result == nullptr || rest.status() != PGRES_PIPELINE_SYNC) continue;
    if (PQexitPipelineMode(get()) == 0) throw_lost();
  }
}

// ── operations ──

Coro<Rows> Connection::run(Query query) { return operation(run_it(std::move(query))); }

Coro<Rows> Connection::run_it(Query query) {
  refuse_nul(query);
  send(query);
  co_return co_await last_of_one();
}

Coro<> Connection::command(std::string sql) { co_await run(Query(std::move(sql))); }

Coro<std::vector<Rows>> Connection::pipeline(std::vector<Query> queries) {
  return operation(pipeline_them(std::move(queries)));
}

Coro<std::vector<Rows>> Connection::pipeline_them(std::vector<Query> queries) {
  for (const Query& query : queries) refuse_nul(query);
  if (PQenterPipelineMode(get()) == 0) throw_lost();
  for (const Query& query : queries) send(query);
  if (PQpipelineSync(get()) == 0) throw_lost();
  std::vector<Rows> all;
  std::optional<QueryError> error;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    try {
      all.push_back(co_await last_of_one());
    } catch (const QueryError& refused) {
      error = refused;
    }
  }
  co_await drain();
  if (error) throw *error;
  co_return all;
}

Coro<> Connection::copy_in(std::string sql, std::string data) {
  return operation(copy_it_in(std::move(sql), std::move(data)));
}

Coro<> Connection::copy_it_in(std::string sql, std::string data) {
  refuse_nul(sql);
  if (PQsendQuery(get(), sql.c_str()) == 0) throw_lost();
  const Result begun = co_await next();
  if (begun.status() == PGRES_COPY_IN) {
    constexpr std::size_t most = 65536;  // what libpq keeps until it is sent
    for (std::size_t at = 0; at < data.size(); at += most) {
      const std::size_t length = std::min(most, data.size() - at);
      if (PQputCopyData(get(), &data[at], static_cast<int>(length)) <= 0) throw_lost();
      co_await flush();
    }
    if (PQputCopyEnd(get(), nullptr) <= 0) throw_lost();
  }
  co_await last_of_one();
  if (begun.status() == PGRES_FATAL_ERROR) throw error_of(begun.result.get());
}

Coro<std::string> Connection::copy_out(std::string sql) {
  return operation(copy_it_out(std::move(sql)));
}

Coro<std::string> Connection::copy_it_out(std::string sql) {
  refuse_nul(sql);
  if (PQsendQuery(get(), sql.c_str()) == 0) throw_lost();
  const Result begun = co_await next();
  std::string all;
  while (begun.status() == PGRES_COPY_OUT) {
    char* data = nullptr;
    const int length = PQgetCopyData(get(), &data, 1);
    const std::unique_ptr<char, decltype(&PQfreemem)> kept(data, PQfreemem);
    if (length < 0) break;  // the end, or an error, which comes next
    if (length > 0) {
      all.append(data, static_cast<std::size_t>(length));
      continue;
    }
    co_await aio::readable(PQsocket(get()));
    consume();
  }
  co_await last_of_one();
  if (begun.status() == PGRES_FATAL_ERROR) throw error_of(begun.result.get());
  co_return all;
}

/// The socket tells of them only as of other bytes.
Coro<Notification> Connection::notification() {
  Turn turn(*this, busy_);
  for (;;) {
    turn.begun();
    consume();
    const std::unique_ptr<PGnotify, decltype(&PQfreemem)> said(PQnotifies(get()), PQfreemem);
    turn.done();  // whoever cancels it leaves nothing half done
    if (said != nullptr) {
      Notification notification;
      notification.channel = said->relname;
      notification.payload = said->extra;
      co_return notification;
    }
    co_await aio::readable(PQsocket(get()));
  }
}

}  // namespace postgres
