// llhttp, and nobody else, decides what a message is. What it lets through is refused before it,
// in the raw bytes, and after it. It is never told to be lenient.

#include <http/connection/parser.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <llhttp/llhttp.h>

static_assert(LLHTTP_STRICT_MODE == 1, "without it a lone CR ends a line");

namespace http::detail {

/// llhttp's parser, and where its callbacks put what they are told. Pieces are put together.
class Llhttp {
 public:
  explicit Llhttp(Parser& owner) : owner_(owner) {}
  Llhttp(const Llhttp&) = delete;
  Llhttp& operator=(const Llhttp&) = delete;

  void begin(Request& into) {
    request_ = &into, response_ = nullptr, headers_ = &into.headers;
    start(HTTP_REQUEST);
  }
  void begin(Response& into, std::string_view method) {
    request_ = nullptr, response_ = &into, headers_ = &into.headers;
    method_ = method;
    start(HTTP_RESPONSE);
  }

  /// Returns how many bytes were taken.
  std::size_t execute(std::string_view bytes, std::string* body);
  bool finish() { return llhttp_finish(&llhttp_) == HPE_OK || complete_; }
  bool complete() const { return complete_; }
  bool at_trailers() const { return at_trailers_; }
  void enter_trailers() { at_trailers_ = false; }
  bool with_body() const { return response_ == nullptr || has_body(method_, response_->status); }
  Request* request() const { return request_; }
  const Response* response() const { return response_; }

 private:
  static Llhttp& of(llhttp_t* parser) { return *static_cast<Llhttp*>(parser->data); }
  static const llhttp_settings_t& settings();
  static int on_method(llhttp_t* parser, const char* at, std::size_t size);
  static int on_target(llhttp_t* parser, const char* at, std::size_t size);
  static int on_reason(llhttp_t* parser, const char* at, std::size_t size);
  static int on_name(llhttp_t* parser, const char* at, std::size_t size);
  static int on_value(llhttp_t* parser, const char* at, std::size_t size);
  static int on_value_complete(llhttp_t* parser);
  static int on_headers_complete(llhttp_t* parser);
  static int on_body(llhttp_t* parser, const char* at, std::size_t size);
  static int on_chunk_header(llhttp_t* parser);
  static int on_message_complete(llhttp_t* parser);

  void start(llhttp_type_t type);
  [[noreturn]] void refuse(llhttp_errno_t error) const;

  Parser& owner_;
  llhttp_t llhttp_;
  Request* request_ = nullptr;
  Response* response_ = nullptr;
  Headers* headers_ = nullptr;
  std::string* body_ = nullptr;
  std::string method_;  // of the request that a response answers
  std::string name_, value_;
  bool complete_ = false, at_trailers_ = false, too_large_ = false;
};

const llhttp_settings_t& Llhttp::settings() {
  static const llhttp_settings_t chosen = [] {
    llhttp_settings_t all;
    llhttp_settings_init(&all);
    all.on_method = on_method;
    all.on_url = on_target;
    all.on_status = on_reason;
    all.on_header_field = on_name;
    all.on_header_value = on_value;
    all.on_header_value_complete = on_value_complete;
    all.on_headers_complete = on_headers_complete;
    all.on_body = on_body;
    all.on_chunk_header = on_chunk_header;
    all.on_message_complete = on_message_complete;
    return all;
  }();
  return chosen;
}

void Llhttp::start(llhttp_type_t type) {
  llhttp_init(&llhttp_, type, &settings());
  llhttp_.data = this;
  headers_->clear();
  name_.clear();
  value_.clear();
  complete_ = at_trailers_ = too_large_ = false;
}

std::size_t Llhttp::execute(std::string_view bytes, std::string* body) {
  body_ = body;
  const llhttp_errno_t error = llhttp_execute(&llhttp_, bytes.data(), bytes.size());
  if (error == HPE_OK) return bytes.size();
  const bool paused = error == HPE_PAUSED || error == HPE_PAUSED_UPGRADE;
  if (!paused) refuse(error);
  if (error == HPE_PAUSED) llhttp_resume(&llhttp_);
  return static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - bytes.data());
}

void Llhttp::refuse(llhttp_errno_t error) const {
  if (too_large_) throw ProtocolError(413, "the body is too large");
  if (response_ != nullptr) throw ProtocolError(502, llhttp_get_error_reason(&llhttp_));
  const int status = error == HPE_INVALID_METHOD ? 501 : 400;
  throw ProtocolError(status, llhttp_get_error_reason(&llhttp_));
}

int Llhttp::on_method(llhttp_t* parser, const char* at, std::size_t size) {
  of(parser).request_->method.append(at, size);
  return HPE_OK;
}

int Llhttp::on_target(llhttp_t* parser, const char* at, std::size_t size) {
  of(parser).request_->target.append(at, size);
  return HPE_OK;
}

int Llhttp::on_reason(llhttp_t* parser, const char* at, std::size_t size) {
  of(parser).response_->reason.append(at, size);
  return HPE_OK;
}

int Llhttp::on_name(llhttp_t* parser, const char* at, std::size_t size) {
  of(parser).name_.append(at, size);
  return HPE_OK;
}

int Llhttp::on_value(llhttp_t* parser, const char* at, std::size_t size) {
  of(parser).value_.append(at, size);
  return HPE_OK;
}

/// Trailers are checked and dropped: nobody has said that they may be trusted.
int Llhttp::on_value_complete(llhttp_t* parser) {
  Llhttp& self = of(parser);
  if (!self.owner_.has_head()) self.headers_->add(self.name_, self.value_);
  self.name_.clear();
  self.value_.clear();
  return HPE_OK;
}

/// 1: there is no body, whatever the headers say.
int Llhttp::on_headers_complete(llhttp_t* parser) {
  Llhttp& self = of(parser);
  if (self.request_ != nullptr) {
    self.request_->minor = parser->http_minor;
  } else {
    self.response_->minor = parser->http_minor;
    self.response_->status = parser->status_code;
  }
  return self.with_body() ? 0 : 1;
}

int Llhttp::on_body(llhttp_t* parser, const char* at, std::size_t size) {
  Llhttp& self = of(parser);
  self.owner_.body_bytes_ += size;
  self.too_large_ = self.owner_.body_bytes_ > self.owner_.limits_->body;
  if (self.too_large_) return HPE_USER;
  self.body_->append(at, size);
  return HPE_OK;
}

/// After the last chunk come trailers, which are looked at before they are parsed.
int Llhttp::on_chunk_header(llhttp_t* parser) {
  Llhttp& self = of(parser);
  ++self.owner_.chunks_;
  if (parser->content_length != 0) return HPE_OK;
  self.at_trailers_ = true;
  return HPE_PAUSED;
}

int Llhttp::on_message_complete(llhttp_t* parser) {
  of(parser).complete_ = true;
  return HPE_PAUSED;
}

// ── the parser ──

Parser::Parser() : llhttp_(std::make_unique<Llhttp>(*this)) {}

Parser::~Parser() = default;

void Parser::begin(Request& into, const Limits& limits) {
  into.method.clear();
  into.target.clear();
  llhttp_->begin(into);
  begin(HeadKind::request, limits);
}

void Parser::begin(Response& into, std::string_view method, const Limits& limits) {
  into.reason.clear();
  into.body.clear();
  llhttp_->begin(into, method);
  begin(HeadKind::response, limits);
}

void Parser::begin(HeadKind kind, const Limits& limits) {
  limits_ = &limits;
  scanner_ = HeadScanner(kind, limits);
  pending_.clear();
  framing_ = {};
  stage_ = Stage::head;
  started_ = false;
  chunks_ = body_bytes_ = overhead_ = 0;
}

std::size_t Parser::feed(std::string_view bytes, std::string& body) {
  switch (stage_) {
    case Stage::head:
      return feed_head(bytes);
    case Stage::body:
      return feed_body(bytes, body);
    case Stage::trailers:
      return feed_trailers(bytes, body);
    default:
      return 0;
  }
}

/// Looks for the end of a head, or of trailers, in what has come. Returns how many of `bytes`
/// belong to it, and in `complete` all of it, if that is so.
std::size_t Parser::gather(std::string_view bytes, std::string_view& complete) {
  const std::size_t before = pending_.size();
  if (before > 0) pending_.append(bytes);
  const std::string_view all = before > 0 ? std::string_view(pending_) : bytes;
  const std::size_t size = scanner_.scan(all);
  if (size > 0) {
    complete = all.substr(0, size);
    return size - before;
  }
  if (before == 0) pending_.append(bytes);
  return bytes.size();
}

std::size_t Parser::feed_head(std::string_view bytes) {
  std::string_view head;
  const std::size_t taken = gather(bytes, head);
  started_ = pending_.size() > scanner_.start() || !head.empty();
  if (!head.empty()) {
    take_head(head.substr(scanner_.start()));
    pending_.clear();
  }
  return taken;
}

void Parser::take_head(std::string_view head) {
  const std::size_t taken = llhttp_->execute(head, nullptr);
  if (taken != head.size()) throw ProtocolError(400, "the head ends before its end");
  check_head();
  stage_ = llhttp_->complete() ? Stage::done : Stage::body;
}

void Parser::check_head() {
  if (Request* const request = llhttp_->request()) {
    framing_ = check_request(*request, *limits_);
  } else {
    framing_ = check_response(*llhttp_->response(), llhttp_->with_body(), *limits_);
  }
}

std::size_t Parser::feed_body(std::string_view bytes, std::string& body) {
  const std::uint64_t before = body_bytes_;
  const std::size_t taken = llhttp_->execute(bytes, &body);
  if (framing_.chunked) check_overhead(taken - static_cast<std::size_t>(body_bytes_ - before));
  if (llhttp_->complete()) {
    stage_ = Stage::done;
  } else if (llhttp_->at_trailers()) {
    llhttp_->enter_trailers();
    scanner_ = HeadScanner(HeadKind::trailers, *limits_);
    stage_ = Stage::trailers;
  }
  return taken;
}

/// Sixteen bytes a chunk are its size and its line ends; what goes beyond are extensions.
void Parser::check_overhead(std::size_t other_bytes) {
  overhead_ += other_bytes;
  if (overhead_ > limits_->chunk_overhead + 16 * chunks_ + 2 * body_bytes_) {
    throw ProtocolError(llhttp_->request() != nullptr ? 400 : 502,
                        "the chunks of the body have too much beside it");
  }
}

std::size_t Parser::feed_trailers(std::string_view bytes, std::string& body) {
  std::string_view trailers;
  const std::size_t taken = gather(bytes, trailers);
  if (trailers.empty()) return taken;
  llhttp_->execute(trailers, &body);
  pending_.clear();
  if (!llhttp_->complete()) throw ProtocolError(400, "the trailers end before their end");
  stage_ = Stage::done;
  return taken;
}

bool Parser::finish() {
  if (stage_ == Stage::body && llhttp_->finish()) stage_ = Stage::done;
  return done();
}

}  // namespace http::detail
