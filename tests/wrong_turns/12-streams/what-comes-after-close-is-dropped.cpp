// Name: What is written after close() is dropped
// Says: your write() takes nothing after close(), although the connection is still there, and sends
// Caught-by: Step6_End.WhatIsWrittenAfterCloseComesBehind

//: 12.5
inline void StreamState::write(std::string_view data) {
  if (eof_asked_) throw InvalidStateError("write: write_eof() has been called on this stream");
  if (data.empty()) return;
  if (closing_ || gone()) return dropped_writes_.note(loop(), error_);
  if (out_.empty()) data.remove_prefix(send_some(data));
  if (!gone()) out_.append(data);
}
