// Name: Cancelling marks, and keeps
// Says: your cancelled callback keeps what it holds until its turn would have come
// Caught-by: Step1_CallSoon.CancellingReleasesTheCallbackAtOnce

struct Scheduled {
  void run() override {
    const Ref<Scheduled> alive = take_reference();
    Callback callback = std::move(callback_);
    if (!cancelled_) callback();
  }
};

template <class Base>
void Scheduled<Base>::cancel() {
  if (!queued_) return;  // it has run, or was cancelled
  check_thread(loop_, "cancel");
  cancelled_ = true;
  if constexpr (std::is_same_v<Base, TimedReady>) {
    cancel_timer(loop_, *this);
  } else {
    return;
  }
  discard();
}
