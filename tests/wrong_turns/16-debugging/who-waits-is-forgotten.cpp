// Name: Who waits is forgotten
// Says: your signals call the handler, and tell nobody who awaits them
// Caught-by: Step4_Signals.CanBeAwaited, Step4_Signals.WaitsAndHandlersAreToldBoth

//: 16.4
inline void CaughtSignal::run() {
  const auto alive = shared_from_this();
  if (--pending_ > 0) loop_.call_soon(*this);
  if (const auto called = handler) (*called)();
}
