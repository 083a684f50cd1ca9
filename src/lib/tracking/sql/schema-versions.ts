/** The one schema version this store writes: MLflow 3.5 and 3.6. */
export const SCHEMA_HEAD = "bf29a5ff90ea";

/** MLflow's schema versions up to that one, in their order, as its migrations have them. */
const VERSIONS = (
  "451aebb31d03 90e64c465722 181f10493468 df50e92ffc5e 7ac759974ad8 89d4b8295536 2b4d017a5e9b cfd24bdc0731 0a8213491aaa 728d730b5ebd " +
  "27a6a02d2cf1 84291f40a231 a8c4a736bde6 39d1c3be5f05 c48cb773bb87 bd07f7e963c5 0c779009ac13 cc1f77228345 97727af70f4d 3500859a5d39 " +
  "7f2a7d5fae7d 2d6e25af4d3e acf3f17fdcc7 867495a8f9d4 5b0e9adcef9c 4465047574b1 f5a4f2784254 0584bdc529eb 400f98739977 6953534de441 " +
  "bda7b8c39065 cbc13b556ace 770bee3ae1dd a1b2c3d4e5f6 de4033877273 1a0cddfcaa16 534353b11cbc 71994744cf8e 3da73c924c2f bf29a5ff90ea"
).split(" ");

/** Whether a schema version is of an MLflow before this one; those not known are of later ones. */
export function isOlderSchema(version: string | undefined): boolean {
  return version === undefined || VERSIONS.includes(version);
}
