// Says: this-> before it
template <class T>
class Base {
 protected:
  void notify();
};

template <class T>
class Slot : public Base<T> {
 public:
  void fill() {
    notify();  // here
  }
};
