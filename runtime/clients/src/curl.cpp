#include <clients/curl.hpp>

#include <algorithm>
#include <new>
#include <string_view>
#include <utility>

#include <unistd.h>

#include <curl/curl.h>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/task.hpp>

namespace curl {

using aio::Coro;

namespace {

/// A transfer, in the frame of who waits for it.
struct Transfer {
  explicit Transfer(Request its_request) : request(std::move(its_request)) {}
  const Request request;
  Response response;
  aio::Future<> done;
  CURLcode code = CURLE_OK;
  char why[CURL_ERROR_SIZE] = "";
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string& body = transfer.response.body;
  if (size > transfer.request.most - body.size()) return CURL_WRITEFUNC_ERROR;
  body.append(data, size);
  return size;
}

/// Of each response that comes, also before a redirect.
std::size_t on_field(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& fields = static_cast<Transfer*>(self)->response.fields;
  std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {
    fields.clear();
    return size;
  }
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (!line.empty()) fields.emplace_back(line);
  return size;
}

}  // namespace

class Client::Multi {
 public:
  explicit Multi(const Options& options);
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;
  ~Multi();

  void add(CURL* easy);
  void remove(CURL* easy);
  void prepare(CURL* easy, Transfer& transfer, curl_slist* fields);
  std::size_t transfers = 0;

 private:
  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept;
  static int on_timer(CURLM*, long milliseconds, void* self) noexcept;
  static int on_close(void* self, curl_socket_t fd) noexcept;
  aio::EventLoop* loop() const;
  void watch(int fd, bool reads, bool writes);
  void act(curl_socket_t fd, int what);

  aio::Ref<aio::detail::LoopAnchor> anchor_ = aio::running_loop().anchor();
  const Options options_;
  CURLM* const multi_;
  std::optional<aio::TimerHandle> timer_;
};

// ── what libcurl calls ──

/// Null when the loop has gone.
aio::EventLoop* Client::Multi::loop() const {
  aio::EventLoop* const loop = anchor_->loop;
  return loop == nullptr || loop->is_closed() ? nullptr : loop;
}

int Client::Multi::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept {
  const bool removed = what == CURL_POLL_REMOVE;
  static_cast<Multi*>(self)->watch(fd, !removed && (what & CURL_POLL_IN) != 0,
                                   !removed && (what & CURL_POLL_OUT) != 0);
  return 0;
}

/// 0 means as soon as possible, but not from in here.
int Client::Multi::on_timer(CURLM*, long milliseconds, void* self) noexcept {
  auto& multi = *static_cast<Multi*>(self);
  if (multi.timer_) multi.timer_->cancel();
  if (milliseconds < 0 || multi.loop() == nullptr) return 0;
  multi.timer_ = multi.loop()->call_later(std::chrono::milliseconds(milliseconds),
                                          [&multi] { multi.act(CURL_SOCKET_TIMEOUT, 0); });
  return 0;
}

/// libcurl may forget to say that it watches it no more.
int Client::Multi::on_close(void* self, curl_socket_t fd) noexcept {
  static_cast<Multi*>(self)->watch(fd, false, false);
  return ::close(fd);
}

void Client::Multi::watch(int fd, bool reads, bool writes) {
  if (loop() == nullptr) return;
  if (reads) {
    loop()->add_reader(fd, [this, fd] { act(fd, CURL_CSELECT_IN); });
  } else {
    loop()->remove_reader(fd);
  }
  if (writes) {
    loop()->add_writer(fd, [this, fd] { act(fd, CURL_CSELECT_OUT); });
  } else {
    loop()->remove_writer(fd);
  }
}

/// Tells libcurl, and those whose transfers have ended.
void Client::Multi::act(curl_socket_t fd, int what) {
  int running = 0;
  curl_multi_socket_action(multi_, fd, what, &running);
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->code = message->data.result;
    if (!transfer->done.done()) transfer->done.set_result();
  }
}

// ── transfers ──

Client::Multi::Multi(const Options& options) : options_(options), multi_(curl_multi_init()) {
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  const auto most = static_cast<long>(options.connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options.per_host));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, most);  // kept for the next transfer
}

Client::Multi::~Multi() {
  curl_multi_cleanup(multi_);  // closes the connections that it keeps
  if (timer_) timer_->cancel();
}

void Client::Multi::add(CURL* easy) {
  if (const CURLMcode error = curl_multi_add_handle(multi_, easy)) {
    throw Error(curl_multi_strerror(error), CURLE_FAILED_INIT);
  }
  ++transfers;
}

void Client::Multi::remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
  --transfers;
}

void Client::Multi::prepare(CURL* easy, Transfer& transfer, curl_slist* fields) {
  const Request& request = transfer.request;
  const bool posts = request.method == "POST" || !request.body.empty();
  const auto limit = std::chrono::ceil<std::chrono::milliseconds>(request.limit.count()).count();
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOBODY, request.method == "HEAD" ? 1L : 0L);
  if (posts) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  if (request.method != "HEAD" && request.method != (posts ? "POST" : "GET")) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request.follow ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, std::max<long>(limit, 1));  // 0 would be no limit
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // never waits for a thread that looks up a name
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);    // signals are not for one thread among many
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_field);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.why);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  if (!options_.certificates.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.certificates.c_str());
  }
}

Client::Client(const Options& options) : multi_(std::make_unique<Multi>(options)) {}
Client::~Client() = default;
std::size_t Client::transfers() const { return multi_->transfers; }

Coro<Response> Client::perform(Request request) {
  Transfer transfer(std::move(request));
  curl_slist* list = nullptr;
  for (const std::string& field : transfer.request.fields) {
    list = curl_slist_append(list, field.c_str());
  }
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> fields(list,
                                                                           curl_slist_free_all);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                 curl_easy_cleanup);
  if (easy == nullptr) throw std::bad_alloc();
  multi_->prepare(easy.get(), transfer, fields.get());
  struct Added {
    Added(Multi& its_multi, CURL* its_easy) : multi(its_multi), easy(its_easy) { multi.add(easy); }
    ~Added() { multi.remove(easy); }
    Multi& multi;
    CURL* easy;
  } const added(*multi_, easy.get());
  co_await transfer.done;
  if (transfer.code != CURLE_OK) {
    const char* const why =
        transfer.why[0] != '\0' ? transfer.why : curl_easy_strerror(transfer.code);
    throw Error(transfer.request.url + ": " + why, transfer.code);
  }
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &transfer.response.status);
  co_return std::move(transfer.response);
}

}  // namespace curl
