// wslay reads frames and writes them. What it would let through is stopped before it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <wslay/wslay.h>

#include <http/websocket/crypto.hpp>
#include <http/websocket/frame_gate.hpp>
#include <http/websocket/frames.hpp>

namespace http::detail {

namespace {

constexpr std::uint16_t no_code = 1005, not_closed = 1006;

struct Free {
  void operator()(wslay_event_context* context) const { ::wslay_event_context_free(context); }
};

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Random bytes by the page: masks are short, and asking for each takes a while.
class Masks {
 public:
  void fill(std::uint8_t* mask, std::size_t size) {
    if (used_ + size > page_.size()) {
      fill_randomly(page_);
      used_ = 0;
    }
    std::memcpy(mask, page_.data() + used_, size);
    used_ += size;
  }

 private:
  std::array<unsigned char, 1024> page_{};
  std::size_t used_ = page_.size();
};

}  // namespace

struct Frames::Machine {
  Machine(WebSocketSide side, std::size_t longest_message);

  void read();
  void send();
  void fail(std::uint16_t code);

  static Machine& of(void* self) { return *static_cast<Machine*>(self); }
  static ssize_t on_read(wslay_event_context*, std::uint8_t*, std::size_t, int, void*);
  static ssize_t on_write(wslay_event_context*, const std::uint8_t*, std::size_t, int, void*);
  static int on_mask(wslay_event_context*, std::uint8_t*, std::size_t, void*);
  static void on_message(wslay_event_context*, const wslay_event_on_msg_recv_arg*, void*);

  std::unique_ptr<wslay_event_context, Free> context;
  FrameGate gate;
  std::string input;  // that may be read
  std::size_t taken = 0;
  std::string output;
  std::deque<WebSocketMessage> messages;
  std::uint16_t close_code = not_closed;
  std::string close_reason;
  std::uint16_t failure = 0;
  bool close_sent = false, no_memory = false;
};

Frames::Machine::Machine(WebSocketSide side, std::size_t longest_message) {
  static constexpr wslay_event_callbacks callbacks{on_read, on_write, on_mask,   nullptr,
                                                   nullptr, nullptr,  on_message};
  wslay_event_context* made = nullptr;
  const int error = side == WebSocketSide::server
                        ? ::wslay_event_context_server_init(&made, &callbacks, this)
                        : ::wslay_event_context_client_init(&made, &callbacks, this);
  if (error != 0) throw std::bad_alloc();
  context.reset(made);
  ::wslay_event_config_set_max_recv_msg_length(made, longest_message);
}

ssize_t Frames::Machine::on_read(wslay_event_context* context, std::uint8_t* room, std::size_t size,
                                 int, void* self) {
  Machine& machine = of(self);
  const std::string_view rest = std::string_view(machine.input).substr(machine.taken);
  if (rest.empty()) {
    ::wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  const std::size_t count = rest.copy(reinterpret_cast<char*>(room), size);
  machine.taken += count;
  return static_cast<ssize_t>(count);
}

// No exception may pass through C.

ssize_t Frames::Machine::on_write(wslay_event_context* context, const std::uint8_t* data,
                                  std::size_t size, int, void* self) {
  try {
    of(self).output.append(reinterpret_cast<const char*>(data), size);
  } catch (const std::bad_alloc&) {
    of(self).no_memory = true;
    ::wslay_event_set_error(context, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
  }
  return static_cast<ssize_t>(size);
}

int Frames::Machine::on_mask(wslay_event_context* context, std::uint8_t* mask, std::size_t size,
                             void*) {
  static thread_local Masks masks;
  try {
    masks.fill(mask, size);
  } catch (const std::exception&) {
    ::wslay_event_set_error(context, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
  }
  return 0;
}

void Frames::Machine::on_message(wslay_event_context*, const wslay_event_on_msg_recv_arg* message,
                                 void* self) {
  Machine& machine = of(self);
  const std::string_view data(reinterpret_cast<const char*>(message->msg), message->msg_length);
  try {
    if (message->opcode == WSLAY_CONNECTION_CLOSE) {
      machine.close_code = message->status_code == 0 ? no_code : message->status_code;
      if (data.size() > 2) machine.close_reason = data.substr(2);
    } else if (!wslay_is_ctrl_frame(message->opcode)) {
      machine.messages.push_back({std::string(data), message->opcode == WSLAY_TEXT_FRAME});
    }
  } catch (const std::bad_alloc&) {
    machine.no_memory = true;
  }
}

/// Reads what may be read, and notes how it went.
void Frames::Machine::read() {
  const int result = ::wslay_event_recv(context.get());
  input.clear();
  taken = 0;
  if (no_memory || result == WSLAY_ERR_NOMEM) throw std::bad_alloc();
  send();
  if (result != 0) return fail(WSLAY_CODE_PROTOCOL_ERROR);
  const bool reads = ::wslay_event_get_read_enabled(context.get()) != 0;
  if (reads || ::wslay_event_get_close_received(context.get()) != 0) return;
  const std::uint16_t told = ::wslay_event_get_status_code_sent(context.get());
  failure = close_sent || told == 0 ? static_cast<std::uint16_t>(WSLAY_CODE_PROTOCOL_ERROR) : told;
}

void Frames::Machine::send() {
  const int result = ::wslay_event_send(context.get());
  if (no_memory || result == WSLAY_ERR_NOMEM) throw std::bad_alloc();
}

/// The other side has broken the protocol: it is told so, and nothing more is read.
void Frames::Machine::fail(std::uint16_t code) {
  failure = code;
  ::wslay_event_shutdown_read(context.get());
  ::wslay_event_queue_close(context.get(), code, nullptr, 0);
  send();
}

// ── the frames ──

Frames::Frames(WebSocketSide side, std::size_t longest_message)
    : machine_(std::make_unique<Machine>(side, longest_message)) {}

Frames::~Frames() = default;

void Frames::put(std::string_view bytes) {
  Machine& machine = *machine_;
  if (over() || close_received()) return;
  const std::uint16_t refused = machine.gate.pass(bytes, machine.input);
  machine.read();
  if (refused != 0 && !over() && !close_received()) machine.fail(refused);
}

std::optional<WebSocketMessage> Frames::next() {
  if (machine_->messages.empty()) return std::nullopt;
  WebSocketMessage message = std::move(machine_->messages.front());
  machine_->messages.pop_front();
  return message;
}

void Frames::drop_messages() { machine_->messages.clear(); }

void Frames::send(std::string_view data, bool is_text) {
  const auto opcode = static_cast<std::uint8_t>(is_text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME);
  const wslay_event_msg message{opcode, bytes_of(data), data.size()};
  if (::wslay_event_queue_msg(machine_->context.get(), &message) == WSLAY_ERR_NOMEM) {
    throw std::bad_alloc();
  }
  machine_->send();
}

void Frames::ping() {
  const wslay_event_msg message{WSLAY_PING, nullptr, 0};
  ::wslay_event_queue_msg(machine_->context.get(), &message);
  machine_->send();
}

void Frames::close(std::uint16_t code, std::string_view reason) {
  if (close_sent()) return;
  machine_->close_sent = true;
  ::wslay_event_queue_close(machine_->context.get(), code == no_code ? 0 : code, bytes_of(reason),
                            reason.size());
  machine_->send();
}

std::string Frames::take_output() { return std::exchange(machine_->output, {}); }

bool Frames::close_sent() const {
  return machine_->close_sent || ::wslay_event_get_close_sent(machine_->context.get()) != 0;
}

bool Frames::close_received() const {
  return ::wslay_event_get_close_received(machine_->context.get()) != 0;
}

std::uint16_t Frames::close_code() const { return machine_->close_code; }

const std::string& Frames::close_reason() const { return machine_->close_reason; }

std::uint16_t Frames::failure() const { return machine_->failure; }

}  // namespace http::detail
