// Says: Nothing of this name is known here
template <class T>
class Slot {
 public:
  void fill(T value) {
    value_ = value;
    notfiy();  // here
  }
  void notify();

 private:
  T value_;
};
