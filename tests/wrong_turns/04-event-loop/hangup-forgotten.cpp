// Name: A hangup that wakes nobody
// Says: your loop ignores a hangup, so a reader waits for ever for an end that has come
// Caught-by: Step4_Descriptors.AReaderLearnsThatTheOtherEndIsGone

//: 4.4
inline void EventLoop::queue_handlers(const PollEvent& event) {
  if (event.data == nullptr) return;
  const Descriptor& descriptor = *static_cast<Descriptor*>(event.data);
  if (event.readable) queue_handler(descriptor.reader);
  if (event.writable) queue_handler(descriptor.writer);
}
