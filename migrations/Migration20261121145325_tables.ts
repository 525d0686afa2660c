import { Migration } from '@mikro-orm/migrations';

export class Migration20261121145325_tables extends Migration {

  override name = 'Migration20261121145325_tables';

  override up(): void | Promise<void> {
    this.addSql(`create table "account" ("username" text not null, "password" text not null, "totp" text null, "totp_step" bigint null, "role" text not null, "user_ref" text not null, "organisation" text null, "patient" text null, "purposes" text[] not null, primary key ("username"));`);

    this.addSql(`create table "audit_entry" ("id" text not null, "frame" uuid not null, "recorded" timestamptz(3) not null, "patient" text null, "shared" boolean not null, "custodian" text null, "request" text null, "address" text null, "rest" text null, "data" text null, "labels" text null, "part" text null, "entity" text[] null, primary key ("id"));`);
    this.addSql(`create index "audit_entry_patient" on "audit_entry" (patient, recorded desc nulls last, id desc) where patient is not null;`);
    this.addSql(`create index "audit_entry_recorded" on "audit_entry" (recorded desc nulls last, id desc);`);

    this.addSql(`create table "audit_frame" ("hash" uuid not null, "subject" boolean not null, "template" text not null, "document" text null, "own" text null, "action" text null, "address" text null, "agent" text[] null, "agent_role" bigint[] null, "entity_role" bigint[] null, "entity_type" bigint[] null, "outcome" text null, "subtype" bigint[] null, "type" bigint[] null, primary key ("hash"));`);

    this.addSql(`create table "communication" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "shared" boolean not null default true, "custodian" text null, "confidentiality" smallint not null default 5, "sensitivity" int not null default 2, "facts" bigint[] null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "based_on" text[] null, "category" bigint[] null, "encounter" text null, "identifier" bigint[] null, "instantiates_canonical" text[] null, "medium" bigint[] null, "part_of" text[] null, "received_low" timestamptz(3) null, "received_high" timestamptz(3) null, "recipient" text[] null, "sender" text null, "sent_low" timestamptz(3) null, "sent_high" timestamptz(3) null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "communication_based_on" on "communication" using gin ("based_on") where based_on is not null;`);
    this.addSql(`create index "communication_encounter" on "communication" ("encounter") where encounter is not null;`);
    this.addSql(`create index "communication_identifier" on "communication" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "communication_instantiates_canonical" on "communication" using gin ("instantiates_canonical") where instantiates_canonical is not null;`);
    this.addSql(`create index "communication_last_updated" on "communication" (last_updated, id);`);
    this.addSql(`create index "communication_part_of" on "communication" using gin ("part_of") where part_of is not null;`);
    this.addSql(`create index "communication_patient" on "communication" (patient, sent_low desc nulls last, id desc);`);
    this.addSql(`create index "communication_recipient" on "communication" using gin ("recipient") where recipient is not null;`);
    this.addSql(`create index "communication_sender" on "communication" ("sender") where sender is not null;`);
    this.addSql(`create index "communication_sent" on "communication" (sent_low desc nulls last, id desc);`);
    this.addSql(`create index "communication_subject" on "communication" ("subject") where subject is not null;`);

    this.addSql(`create table "emergency_access" ("id" text not null, "user_ref" text not null, "patient" text not null, "organisation" text null, "reason_code" text not null, "reason_text" text not null, "restricted" boolean not null, "started" timestamptz(3) not null, "expires" timestamptz(3) not null, "ended" timestamptz(3) null, primary key ("id"));`);
    this.addSql(`create index "emergency_access_user" on "emergency_access" (user_ref, expires);`);

    this.addSql(`create table "issuer_record" ("model" text not null, "id" text not null, "payload" text not null, "grant_id" text null, "uid" text null, "user_code" text null, "consumed" timestamptz(3) null, "expires" timestamptz(3) null, primary key ("model", "id"));`);
    this.addSql(`create index "issuer_record_grant" on "issuer_record" (grant_id);`);
    this.addSql(`create index "issuer_record_uid" on "issuer_record" (uid);`);
    this.addSql(`create index "issuer_record_expires" on "issuer_record" (expires);`);

    this.addSql(`create table "patient_policy" ("patient" text not null, "valid_from" timestamptz(3) not null, "valid_until" timestamptz(3) not null, "policies" int[] not null, "newest" int not null, "on_file" boolean not null, "on_file_research" boolean not null, "particular" boolean not null, primary key ("patient", "valid_from"));`);

    this.addSql(`create table "policy" ("id" serial primary key, "hash" uuid not null, "particular" boolean not null, "rules" text not null);`);
    this.addSql(`alter table "policy" add constraint "policy_hash_unique" unique ("hash");`);

    this.addSql(`create table "policy_rule" ("policy" int not null, "position" int not null, "depth" int not null, "deny" boolean not null, "research" boolean not null, "purposes" text[] null, "recipients" text[] null, "types" text[] null, "u" int not null, "l" int not null, "m" int not null, "n" int not null, "r" int not null, "v" int not null, "dynamic" boolean not null, "actions" int not null, "custodians" text[] null, "facts" bigint[] null, "authors" bigint[] null, "profiles" bigint[] null, "instances" text[] null, "dependents" bigint[] null, "related" text[] null, "timed" boolean not null, "data_from" timestamptz(3) null, "data_until" timestamptz(3) null, primary key ("policy", "position"));`);

    this.addSql(`create table "sign_in_failure" ("subject" text not null, "failures" int not null, "last" timestamptz(3) not null, "locked_until" timestamptz(3) null, primary key ("subject"));`);

    this.addSql(`create table "task" ("id" text not null, "version" int not null, "last_updated" timestamptz(3) not null, "deleted" boolean not null, "patient" text null, "shared" boolean not null default true, "custodian" text null, "confidentiality" smallint not null default 5, "sensitivity" int not null default 2, "facts" bigint[] null, "lossless" boolean not null, "content" text null, "_security" bigint[] null, "_tag" bigint[] null, "authored_on_low" timestamptz(3) null, "authored_on_high" timestamptz(3) null, "based_on" text[] null, "business_status" bigint[] null, "code" bigint[] null, "encounter" text null, "focus" text null, "group_identifier" bigint[] null, "identifier" bigint[] null, "intent" text null, "modified_low" timestamptz(3) null, "modified_high" timestamptz(3) null, "owner" text null, "part_of" text[] null, "performer" bigint[] null, "period_low" timestamptz(3) null, "period_high" timestamptz(3) null, "priority" text null, "requester" text null, "status" text null, "subject" text null, primary key ("id"));`);
    this.addSql(`create index "task_authored_on" on "task" (authored_on_low desc nulls last, id desc);`);
    this.addSql(`create index "task_based_on" on "task" using gin ("based_on") where based_on is not null;`);
    this.addSql(`create index "task_code" on "task" using gin ("code") where code is not null;`);
    this.addSql(`create index "task_encounter" on "task" ("encounter") where encounter is not null;`);
    this.addSql(`create index "task_focus" on "task" ("focus") where focus is not null;`);
    this.addSql(`create index "task_identifier" on "task" using gin ("identifier") where identifier is not null;`);
    this.addSql(`create index "task_last_updated" on "task" (last_updated, id);`);
    this.addSql(`create index "task_owner" on "task" ("owner") where owner is not null;`);
    this.addSql(`create index "task_part_of" on "task" using gin ("part_of") where part_of is not null;`);
    this.addSql(`create index "task_patient" on "task" (patient, authored_on_low desc nulls last, id desc);`);
    this.addSql(`create index "task_requester" on "task" ("requester") where requester is not null;`);
    this.addSql(`create index "task_subject" on "task" ("subject") where subject is not null;`);

    // By hand: earlier releases stored audit events of others here, which stay as they are. Those of this server are now a view.
    this.addSql(`alter table "audit_event" rename to "audit_event_foreign";`);
    this.addSql(`alter table "audit_event_foreign" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "allergy_intolerance" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "care_plan" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "care_team" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "condition" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "consent" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "coverage" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "device" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "diagnostic_report" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "document_reference" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "encounter" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "group" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "immunization" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "location" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "medication" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "medication_administration" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "medication_dispense" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "medication_request" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "medication_statement" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "observation" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "organization" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "patient" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "practitioner" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "practitioner_role" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "procedure" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "provenance" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "related_person" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "research_study" add "shared" boolean not null default true, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null;`);

    this.addSql(`alter table "resource_version" add "patient" text null, add "shared" boolean not null default true, add "custodian" text null, add "confidentiality" smallint not null default 5, add "sensitivity" int not null default 2, add "facts" bigint[] null, add "clinical_low" timestamptz(3) null, add "clinical_high" timestamptz(3) null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "audit_event_foreign" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);
    this.addSql(`alter table "audit_event_foreign" rename to "audit_event";`);

    this.addSql(`drop table if exists "account" cascade;`);
    this.addSql(`drop table if exists "audit_entry" cascade;`);
    this.addSql(`drop table if exists "audit_frame" cascade;`);
    this.addSql(`drop table if exists "communication" cascade;`);
    this.addSql(`drop table if exists "emergency_access" cascade;`);
    this.addSql(`drop table if exists "issuer_record" cascade;`);
    this.addSql(`drop table if exists "patient_policy" cascade;`);
    this.addSql(`drop table if exists "policy" cascade;`);
    this.addSql(`drop table if exists "policy_rule" cascade;`);
    this.addSql(`drop table if exists "sign_in_failure" cascade;`);
    this.addSql(`drop table if exists "task" cascade;`);

    this.addSql(`alter table "allergy_intolerance" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "care_plan" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "care_team" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "condition" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "consent" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "coverage" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "device" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "diagnostic_report" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "document_reference" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "encounter" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "group" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "immunization" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "location" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "medication" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "medication_administration" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "medication_dispense" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "medication_request" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "medication_statement" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "observation" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "organization" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "patient" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "practitioner" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "practitioner_role" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "procedure" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "provenance" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "related_person" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "research_study" drop column "shared", drop column "confidentiality", drop column "sensitivity", drop column "facts";`);

    this.addSql(`alter table "resource_version" drop column "patient", drop column "shared", drop column "custodian", drop column "confidentiality", drop column "sensitivity", drop column "facts", drop column "clinical_low", drop column "clinical_high";`);
  }

}
