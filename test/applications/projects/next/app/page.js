export default function Page() {
  return <p>Calls</p>;
}
